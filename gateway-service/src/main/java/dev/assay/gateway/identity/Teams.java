// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.identity;

import jakarta.persistence.LockModeType;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.springframework.data.jpa.repository.Lock;
import org.springframework.data.jpa.repository.Modifying;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.Repository;

interface Teams extends Repository<Team, UUID> {

    Optional<Team> findById(UUID id);

    /** Nobody else gives this team a user meanwhile: only one can be its first. */
    @Lock(LockModeType.PESSIMISTIC_WRITE)
    Team getByName(String name);

    @Modifying
    @Query(nativeQuery = true, value = """
            insert into teams (id, name, created_at) values (:id, :name, :now)
            on conflict (name) do nothing
            """)
    void addUnlessThere(UUID id, String name, Instant now);
}
