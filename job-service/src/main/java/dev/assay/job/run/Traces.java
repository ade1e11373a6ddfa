// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.run;

import dev.assay.contracts.JobId;
import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Runs, to be read one at a time. Clients poll this: two look-ups by key. */
@Repository
class Traces {

    private static final int MOST_CHILDREN = 200;

    private final JdbcClient jdbc;

    Traces(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    Optional<TraceView> find(RunId id, TeamId team) {
        return jdbc.sql(
                        """
                        select run.*, evaluation, metadata, timings, runtime_config, run_spec.run_id is not null as hosted
                        from run
                        left join run_result on run_result.run_id = run.id
                        left join run_spec on run_spec.run_id = run.id
                        where id = :id and team_id = :team
                        """)
                .param("id", id.value())
                .param("team", team.value())
                .query((row, number) -> read(row, children(id, team)))
                .optional();
    }

    private List<BegunRun> children(RunId id, TeamId team) {
        return jdbc.sql(
                        """
                        select id, slug, model, status, reward, started_at, ended_at from run
                        where parent_id = :id and team_id = :team
                        order by seq limit :most
                        """)
                .param("id", id.value())
                .param("team", team.value())
                .param("most", MOST_CHILDREN)
                .query((row, number) -> new BegunRun(
                        new RunId(row.getObject("id", UUID.class)),
                        row.getString("slug"),
                        row.getString("model"),
                        row.getString("status"),
                        row.getObject("reward", Double.class),
                        RunRow.instant(row, "started_at"),
                        RunRow.instant(row, "ended_at")))
                .list();
    }

    private static TraceView read(ResultSet row, List<BegunRun> children) throws SQLException {
        var job = row.getObject("job_id", UUID.class);
        var parent = row.getObject("parent_id", UUID.class);
        var reward = row.getObject("reward", Double.class);
        var created = Objects.requireNonNull(RunRow.instant(row, "created_at"));
        var started = RunRow.instant(row, "started_at");
        var hosted = row.getBoolean("hosted");
        return new TraceView(
                new RunId(row.getObject("id", UUID.class)),
                row.getString("ref"),
                job == null ? null : new JobId(job),
                row.getString("group_id"),
                parent == null ? null : new RunId(parent),
                children,
                row.getString("status"),
                reward,
                row.getString("error"),
                RunRow.failure(row),
                RunRow.instant(row, "not_before"),
                row.getString("stop_reason"),
                reward == null ? null : row.getString("evaluation"),
                row.getString("slug"),
                row.getString("task"),
                row.getString("environment"),
                row.getObject("environment_version", Integer.class),
                row.getString("model"),
                row.getString("agent"),
                hosted,
                row.getString("runtime_config"),
                row.getInt("attempt"),
                created,
                started,
                RunRow.instant(row, "ended_at"),
                hosted && started != null ? millis(Duration.between(created, started)) : null,
                row.getString("timings"),
                row.getString("metadata"));
    }

    private static @Nullable Long millis(Duration duration) {
        return duration.isNegative() ? 0L : duration.toMillis();
    }
}
