// SPDX-License-Identifier: Apache-2.0

package dev.assay.environment.registry;

import jakarta.persistence.LockModeType;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.data.jpa.repository.Lock;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.Repository;

interface Environments extends Repository<Environment, UUID> {

    Optional<Environment> findById(UUID id);

    Optional<Environment> findByTeamIdAndId(UUID team, UUID id);

    Optional<Environment> findByTeamIdAndName(UUID team, String name);

    @Lock(LockModeType.PESSIMISTIC_WRITE)
    @Query("select e from Environment e where e.teamId = :team and e.name = :name")
    Optional<Environment> lock(UUID team, String name);

    @Lock(LockModeType.PESSIMISTIC_WRITE)
    @Query("select e from Environment e where e.id = :id")
    Optional<Environment> lock(UUID id);

    @Lock(LockModeType.PESSIMISTIC_WRITE)
    @Query("select e from Environment e where e.teamId = :team and e.id = :id")
    Optional<Environment> lock(UUID team, UUID id);

    Optional<Environment> findByTeamIdAndSeq(UUID team, long seq);

    @Query("select e from Environment e where e.teamId = :team and e.seq < :before order by e.seq desc limit :limit offset :offset")
    List<Environment> newestFirst(UUID team, long before, int limit, int offset);

    @Query("select e from Environment e where e.teamId = :team and e.name > :after order by e.name limit :limit offset :offset")
    List<Environment> byName(UUID team, String after, int limit, int offset);

    /** An equal one has the first place, wherever its seq is: so it is behind no cursor, and all others are behind a cursor at it. */
    @Query(nativeQuery = true, value = """
            select * from environments
            where team_id = :team and strpos(name, :search) > 0
                and (name = :search, seq) < (
                    coalesce((select name = :search from environments where team_id = :team and seq = :before), true), :before)
            order by name = :search desc, seq desc limit :limit offset :offset""")
    List<Environment> newestFirst(UUID team, String search, long before, int limit, int offset);

    /** @param after a name, or empty: from the beginning */
    @Query(nativeQuery = true, value = """
            select * from environments
            where team_id = :team and strpos(name, :search) > 0
                and (:after = '' or (name <> :search, name) > (:after <> :search, :after))
            order by name <> :search, name limit :limit offset :offset""")
    List<Environment> byName(UUID team, String search, String after, int limit, int offset);

    @Query("select count(e) from Environment e where e.teamId = :team and locate(:search, e.name) > 0")
    long count(UUID team, String search);
}
