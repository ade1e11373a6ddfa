// SPDX-License-Identifier: Apache-2.0

package dev.assay.environment.version;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.Repository;

interface Versions extends Repository<Version, UUID> {

    Version saveAndFlush(Version version);

    Optional<Version> findById(UUID id);

    @Query("select v from Version v where v.environmentId = :environment order by v.number desc limit :limit offset :offset")
    List<Version> newestFirst(UUID environment, int limit, int offset);

    long countByEnvironmentId(UUID environment);
}
