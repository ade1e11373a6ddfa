// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.run;

import com.github.benmanes.caffeine.cache.Cache;
import dev.assay.contracts.JobId;
import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.kit.cache.Caches;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

/**
 * Runs, to be read one at a time. Clients poll this for each run that they wait for: while it goes on, its row is read and who has it for a
 * parent, and nothing else. What was asked for is written once, and remembered; what came of it is read once it is over. What a queued run
 * waits for is the same for many, and is looked up for all of them together.
 */
@Repository
class Traces {

    private static final int MOST_CHILDREN = 200;

    /** A run's config may be large; most have none. */
    private static final int MOST_REMEMBERED = 20_000;

    private final JdbcClient jdbc;
    private final Cache<RunId, Asked> asked = Caches.builder().maximumSize(MOST_REMEMBERED).build();

    private final WaitingRuns waiting;

    Traces(JdbcClient jdbc, WaitingRuns waiting) {
        this.jdbc = jdbc;
        this.waiting = waiting;
    }

    /** What was asked for of a run that the platform drives. */
    private record Asked(@Nullable String runtimeConfig, @Nullable UUID taskVersion, Needs needs) {}

    /** What came of it. */
    private record Result(@Nullable String evaluation, @Nullable String metadata, @Nullable String timings) {

        static final Result NONE = new Result(null, null, null);
    }

    /** In one transaction: so all of it is read with one connection. */
    @Transactional(readOnly = true)
    public Optional<TraceView> find(RunId id, TeamId team) {
        return jdbc.sql("select *, now() as database_time from run where id = :id and team_id = :team")
                .param("id", id.value())
                .param("team", team.value())
                .query((row, number) ->
                        view(row, asked(id), row.getInt("revision") > 0 ? result(id) : Result.NONE, children(id, team)))
                .optional();
    }

    /** Null: its client drives it, or nobody has said who does; that may change. */
    private @Nullable Asked asked(RunId id) {
        return asked.get(id, run -> jdbc.sql(
                        """
                        select runtime_config, task_version_id, cpus, memory_mb, gpus from run_spec left join run_need using (run_id) where run_id = :id
                        """)
                .param("id", run.value())
                .query((row, number) -> new Asked(
                        row.getString("runtime_config"), row.getObject("task_version_id", UUID.class), Needs.read(row)))
                .optional()
                .orElse(null));
    }

    private Result result(RunId id) {
        return jdbc.sql("select evaluation, metadata, timings from run_result where run_id = :id")
                .param("id", id.value())
                .query((row, number) -> new Result(row.getString("evaluation"), row.getString("metadata"), row.getString("timings")))
                .optional()
                .orElse(Result.NONE);
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

    private TraceView view(ResultSet row, @Nullable Asked asked, Result result, List<BegunRun> children) throws SQLException {
        var job = row.getObject("job_id", UUID.class);
        var parent = row.getObject("parent_id", UUID.class);
        var reward = row.getObject("reward", Double.class);
        var created = Objects.requireNonNull(RunRow.instant(row, "created_at"));
        var started = RunRow.instant(row, "started_at");
        var hosted = asked != null;
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
                deadline(row),
                asked == null || !row.getString("state").equals("queued") ? null : waiting.because(row, asked.needs()),
                row.getString("stop_reason"),
                reward == null ? null : result.evaluation(),
                row.getString("slug"),
                row.getString("task"),
                asked == null ? null : asked.taskVersion(),
                row.getString("worker"),
                null,
                List.of(),
                row.getString("environment"),
                row.getObject("environment_version", Integer.class),
                row.getString("model"),
                row.getString("agent"),
                hosted,
                asked == null ? null : asked.runtimeConfig(),
                row.getInt("attempt"),
                created,
                started,
                RunRow.instant(row, "ended_at"),
                hosted && started != null ? millis(Duration.between(created, started)) : null,
                result.timings(),
                result.metadata());
    }

    private static @Nullable Instant deadline(ResultSet row) throws SQLException {
        return switch (row.getString("state")) {
            case "held" -> RunRow.instant(row, "deadline");
            case "queued" -> RunRow.instant(row, "ends_by");
            default -> null;
        };
    }

    private static @Nullable Long millis(Duration duration) {
        return duration.isNegative() ? 0L : duration.toMillis();
    }
}
