// SPDX-License-Identifier: Apache-2.0

package dev.assay.grading.grade;

import dev.assay.contracts.Failure;
import dev.assay.contracts.JobId;
import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.contracts.event.RunFinished;
import dev.assay.grading.qa.AutomaticChecks;
import dev.assay.kit.text.StorableText;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.namedparam.MapSqlParameterSource;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcOperations;
import org.springframework.jdbc.core.namedparam.SqlParameterSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.support.TransactionOperations;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The grade of record of each run; a team sees its own only. What an end says counts from then on, and is kept among all grades. */
@Repository
class Grades {

    private static final JsonMapper ASCII = JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

    private static final String RECORD =
            """
            insert into grade (run, revision, team, job, group_id, task_slug, environment, model, status, stop_reason, error,
                failure_kind, failure_phase, reward, evaluation, evaluation_by_reference, attempt, finished_at,
                agent, task_version, environment_version, started_at)
            values (:run, :revision, :team, :job, :groupId, :taskSlug, :environment, :model, :status, :stopReason, :error,
                :failureKind, :failurePhase, :reward, :evaluation, :byReference, :attempt, :finishedAt,
                :agent, :taskVersion, :environmentVersion, :startedAt)
            on conflict (run) do update set revision = excluded.revision, team = excluded.team, job = excluded.job,
                group_id = excluded.group_id, task_slug = excluded.task_slug, environment = excluded.environment,
                model = excluded.model, status = excluded.status, stop_reason = excluded.stop_reason, error = excluded.error,
                failure_kind = excluded.failure_kind, failure_phase = excluded.failure_phase,
                reward = excluded.reward, evaluation = excluded.evaluation,
                evaluation_by_reference = excluded.evaluation_by_reference, attempt = excluded.attempt,
                finished_at = excluded.finished_at, agent = excluded.agent, task_version = excluded.task_version,
                environment_version = excluded.environment_version, started_at = excluded.started_at,
                record = null, own_reward = null
            where grade.revision < excluded.revision""";

    private static final String KEEP =
            """
            insert into given_grade (id, run, team, source, evaluator, reward, error, revision, given_at)
            values (gen_random_uuid(), :run, :team, :source, :evaluator, :reward, :error, :revision, :finishedAt)
            on conflict (run, revision) where revision is not null do nothing""";

    private final JdbcClient jdbc;
    private final NamedParameterJdbcOperations batches;
    private final TransactionOperations transaction;
    private final AutomaticChecks checks;

    Grades(JdbcClient jdbc, NamedParameterJdbcOperations batches, TransactionOperations transaction, AutomaticChecks checks) {
        this.jdbc = jdbc;
        this.batches = batches;
        this.transaction = transaction;
        this.checks = checks;
    }

    /** Puts the ends of runs on record, all or none; of each only if no later word on it is there already. */
    void record(List<RunFinished> events) {
        var rows = RunFinished.lastWords(events).stream().map(Grades::row).toArray(SqlParameterSource[]::new);
        transaction.executeWithoutResult(status -> {
            batches.batchUpdate(RECORD, rows);
            batches.batchUpdate(KEEP, rows);
            checks.queue(events.stream().map(RunFinished::run).distinct().toList());
        });
    }

    private static SqlParameterSource row(RunFinished event) {
        var reward = event.reward() != null && Double.isFinite(event.reward()) ? event.reward() : null;
        return new MapSqlParameterSource()
                .addValue("run", event.run().value())
                .addValue("revision", event.revision())
                .addValue("team", event.team().value())
                .addValue("job", event.job().value())
                .addValue("groupId", StorableText.ofNullable(event.groupId()))
                .addValue("taskSlug", StorableText.ofNullable(event.taskSlug()))
                .addValue("environment", StorableText.ofNullable(event.environment()))
                .addValue("model", StorableText.ofNullable(event.model()))
                .addValue("status", event.status())
                .addValue("stopReason", StorableText.ofNullable(event.stopReason()))
                .addValue("error", StorableText.ofNullable(event.error()))
                .addValue("failureKind", event.failure() == null ? null : event.failure().kind().wire())
                .addValue("failurePhase", event.failure() == null || event.failure().phase() == null ? null : event.failure().phase().wire())
                .addValue("reward", reward)
                .addValue("evaluation", event.evaluation() == null ? null : ASCII.writeValueAsString(event.evaluation()))
                .addValue("byReference", event.largeEvaluation() != null)
                .addValue("attempt", event.attempt())
                .addValue("finishedAt", Timestamp.from(event.finishedAt()))
                .addValue("agent", StorableText.ofNullable(event.agent()))
                .addValue("taskVersion", event.taskVersion())
                .addValue("environmentVersion", event.environmentVersion())
                .addValue("startedAt", event.startedAt() == null ? null : Timestamp.from(event.startedAt()))
                .addValue("source", event.verifier() == null ? "environment" : "verifier")
                .addValue("evaluator", StorableText.ofNullable(event.verifier() == null ? event.environment() : event.verifier()));
    }

    Optional<Grade> find(TeamId team, RunId run) {
        return jdbc.sql("select * from grade where team = :team and run = :run")
                .param("team", team.value())
                .param("run", run.value())
                .query(Grades::grade)
                .optional();
    }

    /** The evaluation as the environment sent it, or that there is a larger one than is sent around. */
    record Evaluated(int revision, boolean byReference, @Nullable JsonNode evaluation) {}

    Evaluated evaluation(RunId run) {
        return jdbc.sql("select revision, evaluation_by_reference, evaluation from grade where run = :run")
                .param("run", run.value())
                .query((row, number) -> {
                    var evaluation = row.getString("evaluation");
                    return new Evaluated(
                            row.getInt("revision"),
                            row.getBoolean("evaluation_by_reference"),
                            evaluation == null ? null : ASCII.readTree(evaluation));
                })
                .single();
    }

    private static @Nullable Failure failure(ResultSet row) throws SQLException {
        var kind = row.getString("failure_kind");
        var phase = row.getString("failure_phase");
        return kind == null
                ? null
                : new Failure(Failure.Kind.of(kind), phase == null ? null : Failure.Phase.of(phase), Objects.requireNonNullElse(row.getString("error"), ""));
    }

    private static Grade grade(ResultSet row, int number) throws SQLException {
        return new Grade(
                new RunId(row.getObject("run", UUID.class)),
                new JobId(row.getObject("job", UUID.class)),
                row.getString("group_id"),
                row.getString("task_slug"),
                row.getString("environment"),
                row.getString("model"),
                row.getString("status"),
                row.getString("stop_reason"),
                row.getString("error"),
                failure(row),
                row.getObject("reward", Double.class),
                row.getObject("finished_at", OffsetDateTime.class).toInstant());
    }
}
