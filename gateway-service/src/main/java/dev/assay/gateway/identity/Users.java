// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.identity;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.data.jpa.repository.Modifying;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.Repository;

interface Users extends Repository<User, UUID> {

    Optional<User> findById(UUID id);

    User getByTeamIdAndNameAndRemovedAtIsNull(UUID teamId, String name);

    List<User> findByTeamId(UUID teamId);

    /** Who is the first of a team is its administrator, the others are members. */
    @Modifying
    @Query(nativeQuery = true, value = """
            insert into users (id, team_id, name, role, created_at)
            select :id, :teamId, :name,
                   case when exists (select 1 from users where team_id = :teamId and removed_at is null) then 'MEMBER'
                       else 'ADMINISTRATOR' end, :now
            on conflict (team_id, name) where removed_at is null do nothing
            """)
    void addUnlessThere(UUID id, UUID teamId, String name, Instant now);
}
