// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.identity;

import dev.assay.contracts.TeamId;
import dev.assay.contracts.UserId;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.Repository;

interface ApiKeys extends Repository<ApiKey, UUID> {

    ApiKey save(ApiKey key);

    /** Who holds a key that opens something, and as what. */
    record Holder(UUID key, byte[] hash, UUID team, UUID user, Role role) {

        Caller caller() {
            return new Caller(new TeamId(team), new UserId(user), role);
        }
    }

    @Query("""
            select k.id, k.hash, k.teamId, k.userId, u.role from ApiKey k join User u on u.id = k.userId
            where k.hash in :hashes and k.revokedAt is null
            """)
    List<Holder> holders(List<byte[]> hashes);

    List<ApiKey> findByTeamIdAndRevokedAtIsNullOrderByCreatedAtAscIdAsc(UUID teamId);

    Optional<ApiKey> findByIdAndTeamIdAndRevokedAtIsNull(UUID id, UUID teamId);
}
