// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.session;

import dev.assay.contracts.RunId;
import dev.assay.contracts.SessionId;
import dev.assay.contracts.TeamId;
import dev.assay.job.session.SessionState.Cause;
import dev.assay.job.session.SessionState.Ended;
import dev.assay.job.session.SessionState.Held;
import dev.assay.job.session.SessionState.Life;
import dev.assay.job.session.SessionState.Queued;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Collection;
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

    private static final String FIND = "select *, now() as database_time from session where ";

    private final JdbcClient jdbc;

    SessionRows(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    void insert(SessionId id, TeamId team, String environment, @Nullable RunId run) {
        jdbc.sql(
                        """
                        insert into session (id, team_id, environment, run_id, state, created_at)
                        values (:id, :team, :environment, :run, 'queued', now())
                        """)
                .param("id", id.value())
                .param("team", team.value())
                .param("environment", environment)
                .param("run", run == null ? null : run.value())
                .update();
    }

    Optional<Session> find(SessionId id, TeamId team) {
        return found(jdbc.sql(FIND + "id = :id and team_id = :team").param("team", team.value()).param("id", id.value()));
    }

    Optional<Session> lock(SessionId id) {
        return found(jdbc.sql(FIND + "id = :id for update").param("id", id.value()));
    }

    /** False: no session is queued, and none of these questions was answered or taken back before. */
    boolean mayBeFor(Collection<UUID> asks) {
        return jdbc.sql(
                        """
                        select exists (select from session where state = 'queued')
                            or exists (select from session where state in ('starting', 'ready') and ask = any(:asks::uuid[]))
                            or exists (select from withdrawn_ask where ask = any(:asks::uuid[]))
                        """)
                .param("asks", asks.toArray(UUID[]::new))
                .query(Boolean.class)
                .single();
    }

    /** What the worker was given in answer to the same question, as long as that holds. */
    List<Session> lockGiven(String worker, UUID ask) {
        return jdbc.sql(FIND
                        + """
                        state in ('starting', 'ready') and worker = :worker and ask = :ask and lease_expires_at > now()
                        order by id for update""")
                .param("worker", worker)
                .param("ask", ask)
                .query(SessionRows::read)
                .list();
    }

    /** The head of the queue. Sessions that another worker is just taking are passed over. */
    List<Session> lockNextQueued(int most) {
        return jdbc.sql(FIND + "state = 'queued' order by seq limit :most for update skip locked")
                .param("most", most)
                .query(SessionRows::read)
                .list();
    }

    /** Those that a sweep is to look at. What somebody else is just changing is passed over, another replica's sweep above all. */
    List<Session> lockDue(int limit) {
        return jdbc.sql(FIND + "state <> 'ended' and due_at <= now() limit :limit for update skip locked")
                .param("limit", limit)
                .query(SessionRows::read)
                .list();
    }

    /** @param due when a sweep is to look at it; null: never */
    void update(Session session, @Nullable Instant due) {
        var state = session.state();
        var held = state instanceof Held lease ? lease : null;
        var ended = state instanceof Ended end ? end : null;
        jdbc.sql(
                        """
                        update session set state = :state, attempt = :fence, losses = :losses, seen_at = :seen, worker = :worker,
                            ask = :ask, lease_expires_at = :expires, tunnels = :tunnels, address = :address, cause = :cause,
                            error = :error, ended_at = :ended, due_at = :due
                        where id = :id
                        """)
                .param("id", session.id().value())
                .param("state", state.text())
                .param("fence", state.life().fence())
                .param("losses", state.life().losses())
                .param("seen", timestamp(state.life().seen()))
                .param("worker", held == null ? null : held.worker())
                .param("ask", held == null ? null : held.ask())
                .param("expires", held == null ? null : timestamp(held.expires()))
                .param("tunnels", held == null ? 0 : held.tunnels())
                .param("address", held == null ? null : held.address())
                .param("cause", ended == null ? null : ended.cause().text())
                .param("error", ended == null ? null : ended.error())
                .param("ended", ended == null ? null : timestamp(ended.at()))
                .param("due", timestamp(due))
                .update();
    }

    private static Optional<Session> found(JdbcClient.StatementSpec statement) {
        return statement.query(SessionRows::read).optional();
    }

    private static Session read(ResultSet row, int number) throws SQLException {
        var run = row.getObject("run_id", UUID.class);
        return new Session(
                new SessionId(row.getObject("id", UUID.class)),
                new TeamId(row.getObject("team_id", UUID.class)),
                row.getString("environment"),
                run == null ? null : new RunId(run),
                state(row),
                required(row, "database_time"));
    }

    private static SessionState state(ResultSet row) throws SQLException {
        var life = new Life(row.getInt("attempt"), row.getInt("losses"), required(row, "created_at"), instant(row, "seen_at"));
        return switch (row.getString("state")) {
            case "queued" -> new Queued(life);
            case "starting", "ready" ->
                new Held(
                        life,
                        row.getString("worker"),
                        row.getObject("ask", UUID.class),
                        required(row, "lease_expires_at"),
                        row.getInt("tunnels"),
                        row.getString("address"));
            case "ended" -> new Ended(life, Cause.of(row.getString("cause")), row.getString("error"), required(row, "ended_at"));
            case String other -> throw new IllegalStateException("no such state: " + other);
        };
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
