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

    @Query("select e from Environment e where e.teamId = :team order by e.createdAt desc, e.id limit :limit offset :offset")
    List<Environment> newestFirst(UUID team, int limit, int offset);

    @Query("select e from Environment e where e.teamId = :team order by e.name limit :limit offset :offset")
    List<Environment> byName(UUID team, int limit, int offset);

    @Query("""
            select e from Environment e where e.teamId = :team and locate(:search, e.name) > 0
            order by case when e.name = :search then 0 else 1 end, e.createdAt desc, e.id limit :limit offset :offset""")
    List<Environment> newestFirst(UUID team, String search, int limit, int offset);

    @Query("""
            select e from Environment e where e.teamId = :team and locate(:search, e.name) > 0
            order by case when e.name = :search then 0 else 1 end, e.name limit :limit offset :offset""")
    List<Environment> byName(UUID team, String search, int limit, int offset);

    @Query("select count(e) from Environment e where e.teamId = :team and locate(:search, e.name) > 0")
    long count(UUID team, String search);
}
