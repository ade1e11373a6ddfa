// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.session;

import dev.assay.contracts.RunId;
import dev.assay.contracts.SessionId;
import dev.assay.contracts.TeamId;
import dev.assay.contracts.internal.SessionEnd;
import dev.assay.contracts.internal.SessionLease;
import dev.assay.contracts.internal.SessionReady;
import dev.assay.contracts.internal.SessionRenewal;
import dev.assay.job.run.RunSettings;
import dev.assay.job.run.WorkSignal;
import dev.assay.kit.problem.Problem;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Opens sessions for teams, gives them to workers and hears from both. */
@Service
class Sessions {

    private final SessionRows rows;
    private final SessionSettings settings;
    private final Duration ttl;
    private final int maxAttempts;
    private final WorkSignal signal;
    private final Clock clock;

    Sessions(SessionRows rows, SessionSettings settings, RunSettings runs, WorkSignal signal, Clock clock) {
        this.rows = rows;
        this.settings = settings;
        this.ttl = runs.lease().ttl();
        this.maxAttempts = runs.lease().maxAttempts();
        this.signal = signal;
        this.clock = clock;
    }

    @Transactional
    public SessionId open(TeamId team, String environment, @Nullable RunId run) {
        var id = SessionId.random();
        rows.insert(id, team, environment, run, clock.instant());
        signal.afterCommit();
        return id;
    }

    /** @throws Problem 404 if the team has no such session */
    Session get(SessionId id, TeamId team) {
        return rows.find(id, team).orElseThrow(() -> Problem.notFound("There is no session " + id + " in your team."));
    }

    /** Its worker hears of it with the next renewal. */
    @Transactional
    public void end(SessionId id, TeamId team) {
        get(id, team);
        rows.end(id, clock.instant());
    }

    @Transactional
    public void knock(SessionId id, TeamId team) {
        rows.seen(id, team, clock.instant());
    }

    @Transactional
    public Optional<SessionLease> take(String worker) {
        return rows.take(worker, clock.instant().plus(ttl))
                .map(session -> new SessionLease(
                        session.id(), session.team(), session.attempt(), ttl.toMillis(), settings.longest().toMillis(),
                        session.environment()));
    }

    @Transactional
    public Duration renew(SessionId id, String worker, SessionRenewal renewal) {
        var now = clock.instant();
        fence(rows.renew(id, worker, renewal.attempt(), renewal.tunnels(), now, now.plus(ttl)), id);
        return ttl;
    }

    @Transactional
    public void ready(SessionId id, String worker, SessionReady ready) {
        fence(rows.ready(id, worker, ready.attempt(), ready.address()), id);
        signal.afterCommit();
    }

    @Transactional
    public void ended(SessionId id, String worker, SessionEnd end) {
        fence(rows.endHeld(id, worker, end.attempt(), end.error(), clock.instant()), id);
        signal.afterCommit();
    }

    /** @return how many sessions nobody needs any more, or whose worker was lost */
    @Transactional
    public int sweep() {
        var now = clock.instant();
        var lost = rows.giveUpLost(maxAttempts, now);
        if (lost > 0) {
            signal.afterCommit();
        }
        return lost + rows.endUnwanted(now.minus(settings.idle()), now.minus(settings.unused()), now);
    }

    private static void fence(boolean held, SessionId id) {
        if (!held) {
            throw Problem.conflict("Session " + id + " has ended or is another worker's: close its sandbox.");
        }
    }
}
