// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.identity;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.springframework.data.jpa.repository.Modifying;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.Repository;

interface Teams extends Repository<Team, UUID> {

    Optional<Team> findById(UUID id);

    Team getByName(String name);

    @Modifying
    @Query(nativeQuery = true, value = """
            insert into teams (id, name, created_at) values (:id, :name, :now)
            on conflict (name) do nothing
            """)
    void addUnlessThere(UUID id, String name, Instant now);
}
