// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.worker;

import dev.assay.contracts.JobId;
import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The runs that workers hold. */
@Repository
class HeldRuns {

    private final JdbcClient jdbc;

    HeldRuns(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** @param since when its first attempt began */
    record Held(String worker, RunId run, JobId job, String status, int attempt, Instant since, Instant deadline) {}

    /**
     * By worker, the longest first.
     *
     * @param team whose; null: everybody's
     */
    Map<String, List<Held>> of(Collection<String> workers, @Nullable TeamId team) {
        return jdbc
                .sql("""
                        select worker, id, job_id, status, attempt, started_at, deadline from run
                        where state = 'held' and worker = any(:workers::text[]) and (:team::uuid is null or team_id = :team::uuid)
                        order by started_at, id""")
                .param("workers", workers.toArray(String[]::new))
                .param("team", team == null ? null : team.value())
                .query((row, number) -> new Held(
                        row.getString("worker"),
                        RunId.parse(row.getString("id")),
                        JobId.parse(row.getString("job_id")),
                        row.getString("status"),
                        row.getInt("attempt"),
                        row.getObject("started_at", OffsetDateTime.class).toInstant(),
                        row.getObject("deadline", OffsetDateTime.class).toInstant()))
                .list()
                .stream()
                .collect(Collectors.groupingBy(Held::worker));
    }
}
