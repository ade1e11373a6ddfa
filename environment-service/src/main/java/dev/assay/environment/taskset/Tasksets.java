// SPDX-License-Identifier: Apache-2.0

package dev.assay.environment.taskset;

import jakarta.persistence.LockModeType;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.data.jpa.repository.Lock;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.Repository;

interface Tasksets extends Repository<Taskset, UUID> {

    Optional<Taskset> findByTeamIdAndId(UUID team, UUID id);

    Optional<Taskset> findByTeamIdAndName(UUID team, String name);

    @Lock(LockModeType.PESSIMISTIC_WRITE)
    @Query("select t from Taskset t where t.teamId = :team and t.id = :id")
    Optional<Taskset> lock(UUID team, UUID id);

    @Lock(LockModeType.PESSIMISTIC_WRITE)
    @Query("select t from Taskset t where t.teamId = :team and t.name = :name")
    Optional<Taskset> lock(UUID team, String name);

    /** A taskset as lists show it. */
    record Summary(long seq, UUID id, UUID projectId, String name, long taskCount, Instant createdAt, Instant updatedAt) {}

    @Query("""
            select new dev.assay.environment.taskset.Tasksets$Summary(
                t.seq, t.id, t.projectId, t.name, (select coalesce(max(r.position) + 1, 0) from Task r where r.tasksetId = t.id), t.createdAt, t.updatedAt)
            from Taskset t where t.id in (
                select s.id from Taskset s where s.teamId = :team and s.seq < :before and (:search = '' or locate(lower(:search), lower(s.name)) > 0)
                order by s.seq desc limit :limit offset :offset)
            order by t.seq desc""")
    List<Summary> page(UUID team, String search, long before, int limit, int offset);

    @Query("select count(t) from Taskset t where t.teamId = :team and locate(lower(:search), lower(t.name)) > 0")
    long count(UUID team, String search);
}
