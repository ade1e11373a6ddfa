// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.session;

import dev.assay.contracts.RunId;
import dev.assay.contracts.SessionId;
import dev.assay.contracts.TeamId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * The rows of sessions. Each step is one statement that finds the session where it must stand for that step, or nothing. What sweeps passes
 * over what somebody else is just changing, another replica's sweep above all.
 */
@Repository
class SessionRows {

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
        return jdbc.sql("select * from session where id = :id and team_id = :team")
                .param("id", id.value())
                .param("team", team.value())
                .query(Session::read)
                .optional();
    }

    /** Somebody of the team wants in. */
    void seen(SessionId id, TeamId team) {
        jdbc.sql("update session set seen_at = now() where id = :id and team_id = :team and state <> 'ended'")
                .param("id", id.value())
                .param("team", team.value())
                .update();
    }

    /** A session that a worker holds, and how long it does from now. */
    record Held(Session session, Duration left) {

        private static final String LEFT = "(extract(epoch from lease_expires_at - now()) * 1000)::bigint as left_millis";

        private static Held read(ResultSet row, int number) throws SQLException {
            return new Held(Session.read(row, number), Duration.ofMillis(row.getLong("left_millis")));
        }
    }

    /** What the worker was given in answer to the same question, as long as that holds. */
    Optional<Held> given(String worker, UUID ask) {
        return jdbc.sql("select *, " + Held.LEFT
                        + """
                         from session
                        where state in ('starting', 'ready') and worker = :worker and ask = :ask and lease_expires_at > now()
                        """)
                .param("worker", worker)
                .param("ask", ask)
                .query(Held::read)
                .optional();
    }

    /** The head of the queue. Sessions that another worker is just taking are passed over. */
    Optional<Held> take(String worker, @Nullable UUID ask, Duration ttl) {
        return jdbc.sql(
                        """
                        update session
                        set state = 'starting', attempt = attempt + 1, worker = :worker, ask = :ask,
                            lease_expires_at = now() + make_interval(secs => :ttl)
                        where id = (select id from session where state = 'queued' order by seq limit 1 for update skip locked)
                        returning *, """
                                + Held.LEFT)
                .param("worker", worker)
                .param("ask", ask)
                .param("ttl", seconds(ttl))
                .query(Held::read)
                .optional();
    }

    boolean renew(SessionId id, String worker, int attempt, int tunnels, Duration ttl) {
        return held(id, worker, attempt, "lease_expires_at = now() + make_interval(secs => :ttl), tunnels = :tunnels, "
                                + "seen_at = case when :tunnels > 0 or tunnels > 0 then now() else seen_at end")
                        .param("ttl", seconds(ttl))
                        .param("tunnels", tunnels)
                        .update()
                == 1;
    }

    boolean ready(SessionId id, String worker, int attempt, String address) {
        return held(id, worker, attempt, "state = 'ready', address = :address").param("address", address).update() == 1;
    }

    boolean endHeld(SessionId id, String worker, int attempt, String error) {
        return held(id, worker, attempt, "state = 'ended', error = :error, tunnels = 0, ended_at = now()")
                        .param("error", error)
                        .update()
                == 1;
    }

    /** What the worker had not opened yet goes back to the queue, unless it was lost too often; what it had opened is gone. */
    boolean release(SessionId id, String worker, int attempt, @Nullable String failure, int maxLosses) {
        return held(id, worker, attempt, LET_GO)
                        .param("lost", failure == null ? 0 : 1)
                        .param("most", maxLosses)
                        .param("why", failure == null ? "Its worker was stopped." : "Its worker failed: " + failure)
                        .update()
                == 1;
    }

    private JdbcClient.StatementSpec held(SessionId id, String worker, int attempt, String change) {
        return jdbc.sql("update session set " + change
                        + " where id = :id and worker = :worker and attempt = :attempt and state in ('starting', 'ready')")
                .param("id", id.value())
                .param("worker", worker)
                .param("attempt", attempt);
    }

    void end(SessionId id) {
        jdbc.sql("update session set state = 'ended', tunnels = 0, ended_at = now() where id = :id and state <> 'ended'")
                .param("id", id.value())
                .update();
    }

    /** Ends what nobody uses: whoever used it has been away for so long, or nobody ever came for so long. */
    int endUnwanted(Duration idle, Duration unused) {
        return jdbc.sql(
                        """
                        update session set state = 'ended', ended_at = now(), error = 'Nobody used it any more.'
                        where id in (
                            select id from session
                            where state <> 'ended' and tunnels = 0
                              and (seen_at <= now() - make_interval(secs => :idle)
                                   or (seen_at is null and created_at <= now() - make_interval(secs => :unused)))
                            for update skip locked)
                        """)
                .param("idle", seconds(idle))
                .param("unused", seconds(unused))
                .update();
    }

    /** Queues again what a lost worker had not opened yet; what it had opened is gone with it. */
    int giveUpLost(int maxLosses) {
        return jdbc.sql("update session set " + LET_GO
                        + """
                        where id in (
                            select id from session where state in ('starting', 'ready') and lease_expires_at <= now()
                            for update skip locked)
                        """)
                .param("lost", 1)
                .param("most", maxLosses)
                .param("why", "Its worker was lost.")
                .update();
    }

    /** Every worker holds it no more. */
    private static final String LET_GO =
            """
            state = case when state = 'starting' and losses + :lost < :most then 'queued' else 'ended' end,
            ended_at = case when state = 'starting' and losses + :lost < :most then null else now() end,
            error = case when state = 'starting' and losses + :lost < :most then null else :why end,
            losses = losses + :lost, worker = null, address = null, lease_expires_at = null, tunnels = 0
            """;

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1000.0;
    }
}
