// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.identity;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.springframework.data.jpa.repository.Modifying;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.Repository;

interface Users extends Repository<User, UUID> {

    Optional<User> findById(UUID id);

    User getByTeamIdAndName(UUID teamId, String name);

    @Modifying
    @Query(nativeQuery = true, value = """
            insert into users (id, team_id, name, created_at) values (:id, :teamId, :name, :now)
            on conflict (team_id, name) do nothing
            """)
    void addUnlessThere(UUID id, UUID teamId, String name, Instant now);
}
