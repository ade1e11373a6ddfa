// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.run;

import dev.assay.contracts.Failure;
import dev.assay.contracts.Failure.Kind;
import dev.assay.contracts.JobId;
import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.job.run.RunState.CancelledAhead;
import dev.assay.job.run.RunState.Driven;
import dev.assay.job.run.RunState.EndedBy;
import dev.assay.job.run.RunState.Finished;
import dev.assay.job.run.RunState.Held;
import dev.assay.job.run.RunState.Named;
import dev.assay.job.run.RunState.Numbers;
import dev.assay.job.run.RunState.Phase;
import dev.assay.job.run.RunState.Queued;
import dev.assay.job.run.RunState.Terms;
import dev.assay.job.run.RunState.Unknown;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** How a run is written into columns, and read from them; a session's lease as well. */
public final class RunRow {

    static final String COLUMNS =
            """
            id, team_id, job_id, ref, parent_id, group_id, slug, environment, task, model, agent, state, attempt, losses, \
            revision, worker, ask, lease_expires_at, deadline, timeout_millis, retry, not_before, ends_by, initialized, status, last_activity, stop_reason, error, \
            failure_kind, failure_phase, reward, ended_by, ended_before, environment_version, created_at, started_at, ended_at, now() as database_time""";

    /** Of an update: the columns that say where it stands, which runs and sessions have alike, each from what {@link #stateParameters} gives. */
    public static final String STATE_ASSIGNMENTS =
            """
            state = :state, status = :status, attempt = :attempt, losses = :losses, revision = :revision, worker = :worker, ask = :ask, \
            lease_expires_at = :lease_expires_at, deadline = :deadline, timeout_millis = :timeout_millis, retry = :retry, \
            not_before = :not_before, initialized = :initialized, stop_reason = :stop_reason, error = :error, \
            failure_kind = :failure_kind, failure_phase = :failure_phase, reward = :reward, ended_by = :ended_by, ended_at = :ended_at""";

    private static final JsonMapper JSON = JsonMapper.shared();

    private RunRow() {}

    static Run read(ResultSet row, int number) throws SQLException {
        var job = row.getObject("job_id", UUID.class);
        var parent = row.getObject("parent_id", UUID.class);
        var facts = new RunFacts(
                job == null ? null : new JobId(job),
                row.getString("ref"),
                parent == null ? null : new RunId(parent),
                row.getString("group_id"),
                row.getString("slug"),
                row.getString("environment"),
                row.getString("task"),
                row.getString("model"),
                row.getString("agent"),
                row.getObject("environment_version", Integer.class));
        return new Run(
                new RunId(row.getObject("id", UUID.class)),
                new TeamId(row.getObject("team_id", UUID.class)),
                facts,
                state(row),
                Objects.requireNonNull(instant(row, "created_at")),
                instant(row, "started_at"),
                Objects.requireNonNull(instant(row, "database_time")));
    }

    /** Where it stands, as the columns say that runs and sessions have alike. */
    public static RunState state(ResultSet row) throws SQLException {
        var numbers = new Numbers(row.getInt("attempt"), row.getInt("losses"), row.getInt("revision"));
        return switch (row.getString("state")) {
            case "named" -> new Named(required(row, "last_activity"));
            case "cancelled_ahead" -> new CancelledAhead();
            case "queued" -> new Queued(numbers, instant(row, "not_before"), instant(row, "ends_by"));
            case "held" ->
                new Held(
                        numbers,
                        row.getString("worker"),
                        row.getObject("ask", UUID.class),
                        required(row, "lease_expires_at"),
                        required(row, "deadline"),
                        Terms.read(row).endingBy(instant(row, "ends_by")),
                        row.getBoolean("initialized") ? Phase.RUNNING : Phase.INITIALIZING,
                        row.getString("status").equals(RunStatus.CANCELLING.wire()));
            case "driven" -> new Driven(numbers, required(row, "last_activity"), before(row.getString("ended_before")));
            case "finished" -> {
                var ending = new Ending(
                        RunStatus.valueOf(row.getString("status").toUpperCase(Locale.ROOT)),
                        row.getString("stop_reason"),
                        row.getString("error"),
                        row.getObject("reward", Double.class),
                        failureKind(row),
                        failurePhase(row));
                var by = EndedBy.valueOf(row.getString("ended_by").toUpperCase(Locale.ROOT));
                yield new Finished(numbers, ending, by, row.getString("worker"), required(row, "ended_at"));
            }
            case String other -> throw new IllegalStateException("no such state: " + other);
        };
    }

    private static @Nullable Kind failureKind(ResultSet row) throws SQLException {
        var kind = row.getString("failure_kind");
        return kind == null ? null : Kind.of(kind);
    }

    private static Failure.@Nullable Phase failurePhase(ResultSet row) throws SQLException {
        var phase = row.getString("failure_phase");
        return phase == null ? null : Failure.Phase.of(phase);
    }

    /** What went wrong, of a run that is over; null: nothing, or nobody said whose failure it was. */
    static @Nullable Failure failure(ResultSet row) throws SQLException {
        var kind = failureKind(row);
        var error = row.getString("error");
        return kind == null ? null : new Failure(kind, failurePhase(row), error == null ? "" : error);
    }

    private static @Nullable Finished before(@Nullable String json) {
        return json == null ? null : JSON.readValue(json, Finished.class);
    }

    static Map<String, @Nullable Object> parameters(Run run) {
        var facts = run.facts();
        var values = new HashMap<String, @Nullable Object>();
        values.put("id", run.id().value());
        values.put("team_id", run.team().value());
        values.put("job_id", facts.job() == null ? null : facts.job().value());
        values.put("ref", facts.ref());
        values.put("parent_id", facts.parent() == null ? null : facts.parent().value());
        values.put("group_id", facts.groupId());
        values.put("slug", facts.slug());
        values.put("environment", facts.environment());
        values.put("task", facts.task());
        values.put("model", facts.model());
        values.put("agent", facts.agent());
        values.put("created_at", Timestamp.from(run.createdAt()));
        values.put("started_at", timestamp(run.startedAt()));
        values.put("environment_version", facts.environmentVersion());
        values.putAll(stateParameters(run.state()));
        return values;
    }

    /** The same columns' values, and those that runs alone have. */
    public static Map<String, @Nullable Object> stateParameters(RunState state) {
        var values = new HashMap<String, @Nullable Object>();
        for (var column : new String[] {
            "worker", "ask", "lease_expires_at", "deadline", "timeout_millis", "retry", "not_before", "last_activity", "stop_reason", "error",
            "failure_kind", "failure_phase", "reward", "ended_by", "ended_before", "ended_at"
        }) {
            values.put(column, null);
        }
        values.put("attempt", state.numbers().fence());
        values.put("losses", state.numbers().losses());
        values.put("revision", state.numbers().revision());
        values.put("initialized", false);
        values.put("status", state.status().wire());
        switch (state) {
            case Unknown unknown -> throw new IllegalArgumentException("an unknown run has no row");
            case Named named -> {
                values.put("state", "named");
                values.put("last_activity", Timestamp.from(named.lastActivity()));
            }
            case CancelledAhead ahead -> values.put("state", "cancelled_ahead");
            case Queued queued -> {
                values.put("state", "queued");
                values.put("not_before", timestamp(queued.notBefore()));
            }
            case Held held -> {
                values.put("state", "held");
                values.put("worker", held.worker());
                values.put("ask", held.ask());
                values.put("lease_expires_at", Timestamp.from(held.expires()));
                values.put("deadline", Timestamp.from(held.deadline()));
                values.put("timeout_millis", held.terms().timeout().toMillis());
                values.put("retry", held.terms().retries().text());
                values.put("initialized", held.phase() == Phase.RUNNING);
            }
            case Driven driven -> {
                values.put("state", "driven");
                values.put("last_activity", Timestamp.from(driven.lastActivity()));
                values.put("ended_before", driven.before() == null ? null : JSON.writeValueAsString(driven.before()));
            }
            case Finished finished -> {
                values.put("state", "finished");
                values.put("worker", finished.worker());
                values.put("stop_reason", finished.ending().stopReason());
                values.put("error", finished.ending().error());
                values.put("failure_kind", finished.ending().kind() == null ? null : finished.ending().kind().wire());
                values.put("failure_phase", finished.ending().phase() == null ? null : finished.ending().phase().wire());
                values.put("reward", finished.ending().reward());
                values.put("ended_by", finished.by().name().toLowerCase(Locale.ROOT));
                values.put("ended_at", Timestamp.from(finished.at()));
            }
        }
        return values;
    }

    /** What changes of a run as it goes from one to another, as {@link LeaseRows} writes it: nulls are left out. */
    static ObjectNode json(Run run) {
        var row = JSON.createObjectNode().put("id", run.id().toString());
        stateParameters(run.state()).forEach((column, value) -> put(row, column, value));
        put(row, "started_at", timestamp(run.startedAt()));
        put(row, "environment_version", run.facts().environmentVersion());
        return row;
    }

    private static void put(ObjectNode row, String column, @Nullable Object value) {
        switch (value) {
            case null -> {}
            case Integer number -> row.put(column, number);
            case Boolean yes -> row.put(column, yes);
            case Timestamp time -> row.put(column, time.toInstant().toString());
            default -> row.put(column, value.toString());
        }
    }

    static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        var value = row.getTimestamp(column);
        return value == null ? null : value.toInstant();
    }

    private static Instant required(ResultSet row, String column) throws SQLException {
        return Objects.requireNonNull(instant(row, column));
    }

    private static @Nullable Timestamp timestamp(@Nullable Instant instant) {
        return instant == null ? null : Timestamp.from(instant);
    }
}
