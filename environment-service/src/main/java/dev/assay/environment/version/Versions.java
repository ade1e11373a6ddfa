// SPDX-License-Identifier: Apache-2.0

package dev.assay.environment.version;

import java.util.Optional;
import java.util.UUID;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.Repository;

interface Versions extends Repository<Version, UUID> {

    Version saveAndFlush(Version version);

    Optional<Version> findById(UUID id);

    @Query("select v from Version v where v.environmentId = :environment order by v.number desc limit 1")
    Optional<Version> newest(UUID environment);
}
