// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.identity;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.data.repository.Repository;

interface ApiKeys extends Repository<ApiKey, UUID> {

    ApiKey save(ApiKey key);

    List<ApiKey> findByHashInAndRevokedAtIsNull(List<byte[]> hashes);

    List<ApiKey> findByTeamIdAndRevokedAtIsNullOrderByCreatedAtAscIdAsc(UUID teamId);

    Optional<ApiKey> findByIdAndTeamIdAndRevokedAtIsNull(UUID id, UUID teamId);
}
