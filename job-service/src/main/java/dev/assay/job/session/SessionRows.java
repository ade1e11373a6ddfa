// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.session;

import dev.assay.contracts.RunId;
import dev.assay.contracts.SessionId;
import dev.assay.contracts.TeamId;
import dev.assay.contracts.UserId;
import dev.assay.contracts.VersionId;
import dev.assay.job.run.Needs;
import dev.assay.job.run.RunRow;
import dev.assay.job.run.Transition;
import dev.assay.job.session.SessionState.Cause;
import dev.assay.job.session.SessionState.End;
import dev.assay.job.submit.Placement.Place;
import dev.assay.kit.identity.Caller;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The rows of sessions. Whoever means to change one locks it first. */
@Repository
class SessionRows {

    static final String FIND = "select *, now() as database_time from session where ";
    private static final String STEP = Transition.insert("session_transition", "session_id");

    private final JdbcClient jdbc;

    SessionRows(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** @param version null: nobody can say */
    void insert(SessionId id, Caller opener, String environment, @Nullable VersionId version, Place place, @Nullable RunId run) {
        var step = new HashMap<String, @Nullable Object>();
        Transition.opened(opener.user()).addTo(step);
        jdbc.sql(
                        """
                        with moved as (
                            insert into session (id, team_id, user_id, environment, version_id, run_id, runtime, cpus, memory_mb, gpus, state, status,
                                created_at)
                            values (:id, :team, :user, :environment, :version, :run, :runtime, :cpus, :memory, :gpus, 'queued', 'queued', now())
                            returning id, attempt, status)
                        """
                                + STEP)
                .params(step)
                .param("id", id.value())
                .param("team", opener.team().value())
                .param("user", opener.user().value())
                .param("environment", environment)
                .param("version", version == null ? null : version.value())
                .param("run", run == null ? null : run.value())
                .param("runtime", place.runtime())
                .param("cpus", place.needs().cpus())
                .param("memory", place.needs().memoryMb())
                .param("gpus", place.needs().gpus())
                .update();
    }

    Optional<Session> find(SessionId id, TeamId team) {
        return found(jdbc.sql(FIND + "id = :id and team_id = :team").param("team", team.value()).param("id", id.value()));
    }

    Optional<Session> lock(SessionId id) {
        return found(jdbc.sql(FIND + "id = :id for update").param("id", id.value()));
    }

    /** What is left of a user's. In one order for all. */
    List<Session> lockLive(TeamId team, UserId user, int limit) {
        return jdbc.sql(FIND + "team_id = :team and user_id = :user and state <> 'finished' and cause is null order by id limit :limit for update")
                .param("team", team.value())
                .param("user", user.value())
                .param("limit", limit)
                .query(SessionRows::read)
                .list();
    }

    /** Those that a sweep is to look at. What somebody else is just changing is passed over, another replica's sweep above all. */
    List<Session> lockDue(int limit) {
        return jdbc.sql(FIND + "state <> 'finished' and due_at <= now() limit :limit for update skip locked")
                .param("limit", limit)
                .query(SessionRows::read)
                .list();
    }

    /**
     * @param due when a sweep is to look at it; null: never
     * @param step null: it stands where it stood
     */
    void update(Session session, @Nullable Instant due, @Nullable Transition step) {
        var state = session.state();
        var end = state.end();
        var values = RunRow.stateParameters(state.lease());
        values.put("id", session.id().value());
        values.put("seen", timestamp(state.seen()));
        values.put("tunnels", state.tunnels());
        values.put("address", state.address());
        values.put("ended_because", end == null ? null : end.cause().text());
        values.put("why", end == null ? null : end.error());
        values.put("closed", end == null ? null : timestamp(end.at()));
        values.put("due", timestamp(due));
        var update =
                """
                update session set seen_at = :seen, tunnels = :tunnels, address = :address, cause = :ended_because, why = :why,
                    closed_at = :closed, due_at = :due,
                """
                        + RunRow.STATE_ASSIGNMENTS + " where id = :id";
        if (step != null) {
            step.addTo(values);
            update = "with moved as (" + update + " returning id, attempt, status) " + STEP;
        }
        jdbc.sql(update).params(values).update();
    }

    private static Optional<Session> found(JdbcClient.StatementSpec statement) {
        return statement.query(SessionRows::read).optional();
    }

    static Session read(ResultSet row, int number) throws SQLException {
        var run = row.getObject("run_id", UUID.class);
        var version = row.getObject("version_id", UUID.class);
        return new Session(
                new SessionId(row.getObject("id", UUID.class)),
                new TeamId(row.getObject("team_id", UUID.class)),
                row.getString("environment"),
                version == null ? null : new VersionId(version),
                run == null ? null : new RunId(run),
                row.getString("runtime"),
                Needs.read(row),
                state(row),
                required(row, "database_time"));
    }

    private static SessionState state(ResultSet row) throws SQLException {
        var cause = row.getString("cause");
        return new SessionState(
                RunRow.state(row),
                required(row, "created_at"),
                instant(row, "seen_at"),
                row.getInt("tunnels"),
                row.getString("address"),
                cause == null ? null : new End(Cause.of(cause), row.getString("why"), required(row, "closed_at")));
    }

    private static Instant required(ResultSet row, String column) throws SQLException {
        return Objects.requireNonNull(instant(row, column));
    }

    private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        var value = row.getTimestamp(column);
        return value == null ? null : value.toInstant();
    }

    private static @Nullable Timestamp timestamp(@Nullable Instant instant) {
        return instant == null ? null : Timestamp.from(instant);
    }
}
