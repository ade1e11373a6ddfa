// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.session;

import dev.assay.contracts.RunId;
import dev.assay.contracts.SessionId;
import dev.assay.contracts.TeamId;
import dev.assay.contracts.UserId;
import dev.assay.contracts.VersionId;
import dev.assay.job.run.FairOrder.Flow;
import dev.assay.job.run.Needs;
import dev.assay.job.session.SessionState.Cause;
import dev.assay.job.session.SessionState.Ended;
import dev.assay.job.session.SessionState.Held;
import dev.assay.job.session.SessionState.Life;
import dev.assay.job.session.SessionState.Queued;
import dev.assay.job.submit.Placement.Place;
import dev.assay.kit.identity.Caller;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

    /** @param version null: nobody can say */
    void insert(SessionId id, Caller opener, String environment, @Nullable VersionId version, Place place, @Nullable RunId run) {
        jdbc.sql(
                        """
                        insert into session (id, team_id, user_id, environment, version_id, run_id, runtime, cpus, memory_mb, gpus, state, created_at)
                        values (:id, :team, :user, :environment, :version, :run, :runtime, :cpus, :memory, :gpus, 'queued', now())
                        """)
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

    /** What workers were given in answer to such questions, as long as that holds. */
    List<Session> lockGiven(Collection<String> workers, Collection<UUID> asks) {
        return jdbc.sql(FIND
                        + """
                        state in ('starting', 'ready') and worker = any(:workers::text[]) and ask = any(:asks::uuid[]) and lease_expires_at > now()
                        order by id for update""")
                .param("workers", workers.toArray(String[]::new))
                .param("asks", asks.toArray(UUID[]::new))
                .query(SessionRows::read)
                .list();
    }

    /** As {@code Flows} wants it. Sessions are few, and none waits for long: they are read one by one. */
    static final String FLOWS =
            """
            select flow.*, flow.team_id as job_id, '' as model, 0 as priority, null::integer as max_concurrent,
                coalesce(team.at, 0) as team_at, coalesce(team.at, 0) as job_at
            from (select team_id, runtime, min(seq) as seq from session where state = 'queued' group by team_id, runtime) as flow
            left join last_given team on team.id = flow.team_id
            where true
            """;

    /**
     * The heads of flows, so many of each, and whose head each is. Sessions that somebody else is just changing are passed over.
     *
     * @param taken what this transaction has locked already: that it does not pass over by itself
     */
    Map<Session, Flow> lockQueued(Map<Flow, Integer> flows, Collection<Session> taken) {
        var all = List.copyOf(flows.keySet());
        var locked = new LinkedHashMap<Session, Flow>();
        jdbc.sql(
                        """
                        select taken.*, flow.number, now() as database_time
                        from unnest(:teams::uuid[], :runtimes::text[], :counts::integer[]) with ordinality as flow (team, runtime, count, number)
                        cross join lateral (
                            select * from session
                            where state = 'queued' and team_id = flow.team and session.runtime = flow.runtime and id <> all(:taken::uuid[])
                            order by seq
                            limit flow.count
                            for update skip locked) as taken
                        """)
                .param("teams", all.stream().map(flow -> flow.team().value()).toArray(UUID[]::new))
                .param("runtimes", all.stream().map(Flow::runtime).toArray(String[]::new))
                .param("counts", all.stream().map(flows::get).toArray(Integer[]::new))
                .param("taken", taken.stream().map(session -> session.id().value()).toArray(UUID[]::new))
                .query(row -> {
                    locked.put(read(row, 0), all.get(row.getInt("number") - 1));
                });
        return locked;
    }

    /** What is left of a user's. In one order for all. */
    List<Session> lockLive(TeamId team, UserId user, int limit) {
        return jdbc.sql(FIND + "team_id = :team and user_id = :user and state <> 'ended' order by id limit :limit for update")
                .param("team", team.value())
                .param("user", user.value())
                .param("limit", limit)
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
        var version = row.getObject("version_id", UUID.class);
        return new Session(
                new SessionId(row.getObject("id", UUID.class)),
                new TeamId(row.getObject("team_id", UUID.class)),
                row.getString("environment"),
                version == null ? null : new VersionId(version),
                run == null ? null : new RunId(run),
                new Needs(row.getDouble("cpus"), row.getLong("memory_mb"), row.getInt("gpus")),
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
