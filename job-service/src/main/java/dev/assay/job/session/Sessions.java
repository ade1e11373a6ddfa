// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.session;

import dev.assay.contracts.RunId;
import dev.assay.contracts.SessionId;
import dev.assay.contracts.TeamId;
import dev.assay.contracts.internal.LeaseRelease;
import dev.assay.contracts.internal.SessionEnd;
import dev.assay.contracts.internal.SessionLease;
import dev.assay.contracts.internal.SessionReady;
import dev.assay.contracts.internal.SessionRenewal;
import dev.assay.job.run.Asks;
import dev.assay.job.run.RunSettings;
import dev.assay.job.run.Told;
import dev.assay.kit.problem.Problem;
import dev.assay.kit.signal.WorkSignal;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Opens sessions for teams, gives them to workers and hears from both. */
@Service
class Sessions {

    private final SessionRows rows;
    private final Asks asks;
    private final SessionSettings settings;
    private final Duration ttl;
    private final int maxLosses;
    private final WorkSignal signal;

    Sessions(SessionRows rows, Asks asks, SessionSettings settings, RunSettings runs, WorkSignal signal) {
        this.rows = rows;
        this.asks = asks;
        this.settings = settings;
        this.ttl = runs.lease().ttl();
        this.maxLosses = runs.lease().maxAttempts();
        this.signal = signal;
    }

    @Transactional
    public SessionId open(TeamId team, String environment, @Nullable RunId run) {
        var id = SessionId.random();
        rows.insert(id, team, environment, run);
        signal.arrived();
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
        rows.end(id);
    }

    @Transactional
    public void knock(SessionId id, TeamId team) {
        rows.seen(id, team);
    }

    /**
     * @param ask which question this is; one that is asked again gets the lease that it was given
     * @throws Problem 409 if it was taken back
     */
    @Transactional
    public Optional<SessionLease> take(String worker, @Nullable UUID ask) {
        if (ask != null) {
            asks.hold(ask);
        }
        var given = ask == null ? Optional.<SessionRows.Held>empty() : rows.given(worker, ask);
        return given.or(() -> rows.take(worker, ask, ttl)).map(this::lease);
    }

    private SessionLease lease(SessionRows.Held held) {
        var session = held.session();
        return new SessionLease(
                session.id(), session.team(), session.attempt(), held.left().toMillis(), settings.longest().toMillis(),
                session.environment());
    }

    @Transactional
    public Duration renew(SessionId id, String worker, SessionRenewal renewal) {
        fence(rows.renew(id, worker, renewal.attempt(), renewal.tunnels(), ttl), id);
        return ttl;
    }

    /** What was not opened yet goes to another worker at once. */
    @Transactional
    public void release(SessionId id, String worker, LeaseRelease release) {
        fence(rows.release(id, worker, release.attempt(), Told.storable(release.failure()), maxLosses), id);
        signal.arrived();
    }

    @Transactional
    public void ready(SessionId id, String worker, SessionReady ready) {
        fence(rows.ready(id, worker, ready.attempt(), ready.address()), id);
        signal.arrived();
    }

    @Transactional
    public void ended(SessionId id, String worker, SessionEnd end) {
        fence(rows.endHeld(id, worker, end.attempt(), end.error()), id);
        signal.arrived();
    }

    /** @return how many sessions nobody needs any more, or whose worker was lost */
    @Transactional
    public int sweep() {
        var lost = rows.giveUpLost(maxLosses);
        if (lost > 0) {
            signal.arrived();
        }
        return lost + rows.endUnwanted(settings.idle(), settings.unused());
    }

    private static void fence(boolean held, SessionId id) {
        if (!held) {
            throw Problem.conflict("Session " + id + " has ended or is another worker's: close its sandbox.");
        }
    }
}
