// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.session;

import dev.assay.contracts.RunId;
import dev.assay.contracts.SessionId;
import dev.assay.contracts.TeamId;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The rows of sessions. Each step is one statement that finds the session where it must stand for that step, or nothing. */
@Repository
class SessionRows {

    private final JdbcClient jdbc;

    SessionRows(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    void insert(SessionId id, TeamId team, String environment, @Nullable RunId run, Instant now) {
        jdbc.sql(
                        """
                        insert into session (id, team_id, environment, run_id, state, created_at)
                        values (:id, :team, :environment, :run, 'queued', :now)
                        """)
                .param("id", id.value())
                .param("team", team.value())
                .param("environment", environment)
                .param("run", run == null ? null : run.value())
                .param("now", Timestamp.from(now))
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
    void seen(SessionId id, TeamId team, Instant now) {
        jdbc.sql("update session set seen_at = :now where id = :id and team_id = :team and state <> 'ended'")
                .param("id", id.value())
                .param("team", team.value())
                .param("now", Timestamp.from(now))
                .update();
    }

    /** The head of the queue. Sessions that another worker is just taking are passed over. */
    Optional<Session> take(String worker, Instant expires) {
        return jdbc.sql(
                        """
                        update session
                        set state = 'starting', attempt = attempt + 1, worker = :worker, lease_expires_at = :expires
                        where id = (select id from session where state = 'queued' order by seq limit 1 for update skip locked)
                        returning *
                        """)
                .param("worker", worker)
                .param("expires", Timestamp.from(expires))
                .query(Session::read)
                .optional();
    }

    boolean renew(SessionId id, String worker, int attempt, int tunnels, Instant now, Instant expires) {
        return held(id, worker, attempt, "lease_expires_at = :expires, tunnels = :tunnels, "
                                + "seen_at = case when :tunnels > 0 or tunnels > 0 then :now else seen_at end")
                        .param("expires", Timestamp.from(expires))
                        .param("tunnels", tunnels)
                        .param("now", Timestamp.from(now))
                        .update()
                == 1;
    }

    boolean ready(SessionId id, String worker, int attempt, String address) {
        return held(id, worker, attempt, "state = 'ready', address = :address").param("address", address).update() == 1;
    }

    boolean endHeld(SessionId id, String worker, int attempt, String error, Instant now) {
        return held(id, worker, attempt, "state = 'ended', error = :error, tunnels = 0, ended_at = :now")
                        .param("error", error)
                        .param("now", Timestamp.from(now))
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

    void end(SessionId id, Instant now) {
        jdbc.sql("update session set state = 'ended', tunnels = 0, ended_at = :now where id = :id and state <> 'ended'")
                .param("id", id.value())
                .param("now", Timestamp.from(now))
                .update();
    }

    /** Ends what nobody uses: whoever used it left before {@code idleSince}, or nobody came since {@code unusedSince}. */
    int endUnwanted(Instant idleSince, Instant unusedSince, Instant now) {
        return jdbc.sql(
                        """
                        update session set state = 'ended', ended_at = :now, error = 'Nobody used it any more.'
                        where state <> 'ended' and tunnels = 0
                          and (seen_at <= :idle or (seen_at is null and created_at <= :unused))
                        """)
                .param("idle", Timestamp.from(idleSince))
                .param("unused", Timestamp.from(unusedSince))
                .param("now", Timestamp.from(now))
                .update();
    }

    /** Queues again what a lost worker had not opened yet; what it had opened is gone with it. */
    int giveUpLost(int maxAttempts, Instant now) {
        return jdbc.sql(
                        """
                        update session
                        set state = case when state = 'starting' and attempt < :most then 'queued' else 'ended' end,
                            ended_at = case when state = 'starting' and attempt < :most then null else cast(:now as timestamptz) end,
                            error = case when state = 'starting' and attempt < :most then null else 'Its worker was lost.' end,
                            worker = null, address = null, lease_expires_at = null, tunnels = 0
                        where state in ('starting', 'ready') and lease_expires_at <= :now
                        """)
                .param("most", maxAttempts)
                .param("now", Timestamp.from(now))
                .update();
    }
}
