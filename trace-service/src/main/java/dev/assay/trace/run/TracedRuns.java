// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.run;

import dev.assay.contracts.JobId;
import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.contracts.event.RunFinished;
import dev.assay.contracts.event.SpansReceived;
import dev.assay.kit.text.StorableText;
import dev.assay.sdk.protocol.Json;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.namedparam.MapSqlParameterSource;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcOperations;
import org.springframework.jdbc.core.namedparam.SqlParameterSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.support.TransactionOperations;

/** The runs' table. */
@Repository
public class TracedRuns {

    /** What was sent last may still be on its way to the table for a moment: only then is it read for search. */
    private static final String FINISH =
            """
            insert into run (run, team, day, revision, job, task_slug, environment, model, attempt,
                status, stop_reason, error, reward, evaluation, evaluation_by_reference, finished_at, begun_at, search_due)
            values (:run, :team, :day, :revision, :job, :taskSlug, :environment, :model, :attempt,
                :status, :stopReason, :error, :reward, :evaluation, :byReference, :finishedAt,
                coalesce(:startedAt::timestamptz, :finishedAt), :finishedAt::timestamptz + interval '10 seconds')
            on conflict (run) do update set team = excluded.team, revision = excluded.revision, job = excluded.job,
                task_slug = excluded.task_slug, environment = excluded.environment, model = excluded.model, attempt = excluded.attempt,
                status = excluded.status, stop_reason = excluded.stop_reason, error = excluded.error, reward = excluded.reward,
                evaluation = excluded.evaluation, evaluation_by_reference = excluded.evaluation_by_reference,
                finished_at = excluded.finished_at, begun_at = coalesce(:startedAt::timestamptz, run.begun_at),
                search_due = excluded.search_due, search_looks = 0, search_tries = 0
            where run.revision < excluded.revision""";

    private final JdbcClient jdbc;
    private final NamedParameterJdbcOperations batches;
    private final TransactionOperations transaction;

    TracedRuns(JdbcClient jdbc, NamedParameterJdbcOperations batches, TransactionOperations transaction) {
        this.jdbc = jdbc;
        this.batches = batches;
        this.transaction = transaction;
    }

    /** The days under which these runs' spans are stored; of a run that nobody spoke of yet, that of its upload. */
    Map<RunId, LocalDate> days(Collection<SpansReceived> uploads) {
        var runs = uploads.stream().map(upload -> upload.run().value()).toArray(UUID[]::new);
        jdbc.sql("""
                insert into run (run, team, day, begun_at, search_due)
                select run, team, day, at, at + interval '30 seconds'
                from unnest(:runs::uuid[], :teams::uuid[], :days::date[], :times::timestamptz[]) as upload (run, team, day, at)
                order by run on conflict (run) do nothing""")
                .param("runs", runs)
                .param("teams", uploads.stream().map(upload -> upload.team().value()).toArray(UUID[]::new))
                .param("days", uploads.stream().map(upload -> dayOf(upload.receivedAt()).toString()).toArray(String[]::new))
                .param("times", uploads.stream().map(upload -> upload.receivedAt().toString()).toArray(String[]::new))
                .update();
        var days = new HashMap<RunId, LocalDate>();
        jdbc.sql("select run, day from run where run = any(:runs)").param("runs", runs).query(row -> {
            days.put(new RunId(row.getObject("run", UUID.class)), row.getObject("day", LocalDate.class));
        });
        return days;
    }

    public Optional<TracedRun> find(RunId run) {
        return jdbc.sql("select * from run where run = :run").param("run", run.value()).query(TracedRuns::run).optional();
    }

    /** Takes note of how runs ended, all or none; of each only if no later word on it is known already. Whose it is, job-service knows best. */
    void finish(List<RunFinished> events) {
        var rows = RunFinished.lastWords(events).stream().map(TracedRuns::row).toArray(SqlParameterSource[]::new);
        transaction.executeWithoutResult(status -> batches.batchUpdate(FINISH, rows));
    }

    private static SqlParameterSource row(RunFinished event) {
        return new MapSqlParameterSource()
                .addValue("run", event.run().value())
                .addValue("team", event.team().value())
                .addValue("day", dayOf(event.finishedAt()))
                .addValue("revision", event.revision())
                .addValue("job", event.job().value())
                .addValue("taskSlug", StorableText.ofNullable(event.taskSlug()))
                .addValue("environment", StorableText.ofNullable(event.environment()))
                .addValue("model", StorableText.ofNullable(event.model()))
                .addValue("attempt", event.attempt())
                .addValue("status", event.status())
                .addValue("stopReason", StorableText.ofNullable(event.stopReason()))
                .addValue("error", StorableText.ofNullable(event.error()))
                .addValue("reward", event.reward())
                .addValue("evaluation", event.evaluation() == null ? null : Json.MAPPER.writeValueAsString(event.evaluation()))
                .addValue("byReference", event.largeEvaluation() != null)
                .addValue("startedAt", event.startedAt() == null ? null : Timestamp.from(event.startedAt()))
                .addValue("finishedAt", Timestamp.from(event.finishedAt()));
    }

    private static LocalDate dayOf(Instant instant) {
        return LocalDate.ofInstant(instant, ZoneOffset.UTC);
    }

    private static TracedRun run(ResultSet row, int number) throws SQLException {
        var job = row.getObject("job", UUID.class);
        var evaluation = row.getString("evaluation");
        var finishedAt = row.getObject("finished_at", OffsetDateTime.class);
        var clearedAt = row.getObject("cleared_at", OffsetDateTime.class);
        return new TracedRun(
                new TeamId(row.getObject("team", UUID.class)),
                row.getObject("day", LocalDate.class),
                job == null ? null : new JobId(job),
                row.getString("task_slug"),
                row.getString("environment"),
                row.getString("model"),
                row.getString("status"),
                row.getString("stop_reason"),
                row.getString("error"),
                row.getObject("reward", Double.class),
                evaluation == null ? null : Json.MAPPER.readTree(evaluation),
                row.getBoolean("evaluation_by_reference"),
                row.getInt("revision"),
                finishedAt == null ? null : finishedAt.toInstant(),
                clearedAt == null ? null : clearedAt.toInstant());
    }
}
