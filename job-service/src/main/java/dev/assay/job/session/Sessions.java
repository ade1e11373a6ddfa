// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.session;

import dev.assay.contracts.JobId;
import dev.assay.contracts.RunId;
import dev.assay.contracts.SessionId;
import dev.assay.contracts.TeamId;
import dev.assay.contracts.UserId;
import dev.assay.contracts.internal.EnvironmentVersion;
import dev.assay.contracts.internal.LeaseRenewed;
import dev.assay.contracts.internal.SessionLease;
import dev.assay.job.run.Asks;
import dev.assay.job.run.Decision.Answer;
import dev.assay.job.run.Rooms;
import dev.assay.job.run.RunState.Held;
import dev.assay.job.run.RunState.Queued;
import dev.assay.job.run.Waiting;
import dev.assay.job.run.WaitingRuns;
import dev.assay.job.session.SessionCommand.Delete;
import dev.assay.job.session.SessionCommand.Knock;
import dev.assay.job.session.SessionCommand.Release;
import dev.assay.job.session.SessionCommand.Renew;
import dev.assay.job.session.SessionCommand.Sweep;
import dev.assay.job.submit.Placement;
import dev.assay.job.submit.Placement.Place;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.RunKeys;
import dev.assay.kit.identity.RunKeys.RunKey;
import dev.assay.kit.problem.Problem;
import dev.assay.kit.signal.WorkSignal;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionTemplate;

/** Opens sessions for teams, and hears from them and from workers: locks the row, and has it changed. */
@Service
public class Sessions {

    private static final int BATCH = 200;

    private final SessionRows rows;
    private final SessionQueue queue;
    private final SessionChanges changes;
    private final Rooms rooms;
    private final Asks asks;
    private final RunKeys keys;
    private final TransactionTemplate transactions;
    private final WorkSignal signal;
    private final WaitingRuns waiting;

    Sessions(
            SessionRows rows, SessionQueue queue, SessionChanges changes, Rooms rooms, Asks asks, RunKeys keys,
            TransactionTemplate transactions, @Qualifier("sessionSignal") WorkSignal signal, WaitingRuns waiting) {
        this.rows = rows;
        this.queue = queue;
        this.changes = changes;
        this.rooms = rooms;
        this.asks = asks;
        this.keys = keys;
        this.transactions = transactions;
        this.signal = signal;
        this.waiting = waiting;
    }

    /**
     * @param version what the environment's name stands for; null: nobody can say
     * @throws Problem 400 if no worker could ever hold it
     */
    @Transactional
    public SessionId open(Caller opener, String environment, @Nullable EnvironmentVersion version, @Nullable RunId run) {
        var place = version == null ? Place.UNKNOWN : Placement.ofSession(version);
        rooms.refusal(place.needs()).ifPresent(reason -> {
            throw Problem.badRequest("environment", "its runtime_config." + reason);
        });
        var id = SessionId.random();
        rows.insert(id, opener, environment, version == null ? null : version.versionId(), place, run);
        signal.arrived();
        return id;
    }

    /** @throws Problem 404 if the team has no such session */
    Session get(SessionId id, TeamId team) {
        return rows.find(id, team).orElseThrow(() -> nothing(id));
    }

    /** What it waits for; empty: it is not queued. */
    Optional<Waiting> waits(Session session) {
        if (session.state().end() != null || !(session.state().lease() instanceof Queued queued)) {
            return Optional.empty();
        }
        var flow = new JobId(session.version() == null ? session.team().value() : session.version().value());
        return Optional.of(waiting.because(
                session.id(), session.team(), flow, session.runtime(), session.needs(), queued.notBefore(), session.readAt()));
    }

    /** Its worker hears of it with the next renewal, and gives it back when its sandbox is gone. */
    @Transactional
    public void end(SessionId id, Caller caller) {
        tell(id, caller.team(), new Delete(caller.user()));
    }

    /**
     * Ends what is left of a user's in a team, some at a time.
     *
     * @return how many
     */
    public int endAllOf(TeamId team, UserId user) {
        var ended = 0;
        for (var some = endSomeOf(team, user); some > 0; some = endSomeOf(team, user)) {
            ended += some;
        }
        return ended;
    }

    private int endSomeOf(TeamId team, UserId user) {
        return Objects.requireNonNull(transactions.execute(status -> {
            var some = rows.lockLive(team, user, BATCH);
            some.forEach(session -> changes.change(session, new Delete(user)));
            return some.size();
        }));
    }

    @Transactional
    public void knock(SessionId id, TeamId team) {
        tell(id, team, new Knock());
    }

    private void tell(SessionId id, TeamId team, SessionCommand command) {
        changes.change(rows.lock(id).filter(found -> found.team().equals(team)).orElseThrow(() -> nothing(id)), command);
    }

    private static Problem nothing(SessionId id) {
        return Problem.notFound("There is no session " + id + " in your team.");
    }

    /** What was given in answer, and may never have been heard of, goes back. Whoever waits for the answer is told so at once. */
    @Transactional
    public void withdraw(String worker, UUID ask) {
        asks.withdraw(ask);
        for (var session : queue.lockGiven(List.of(worker), List.of(ask))) {
            changes.change(session, new Release(worker, session.state().lease().numbers().fence(), null));
        }
        signal.arrived();
    }

    /** The key is of the session as another is of its run, and names no model: judges are all that it opens of those. */
    SessionLease lease(Session session) {
        var held = (Held) session.state().lease();
        var attempt = held.numbers().fence();
        var left = Duration.between(session.readAt(), held.expires());
        var key = new RunKey(session.team(), new RunId(session.id().value()), attempt, null);
        return new SessionLease(
                session.id(), session.team(), attempt, left.toMillis(), changes.rules().longest().toMillis(), session.environment(), session.version(),
                keys.mint(key, session.readAt().plus(changes.rules().longest())));
    }

    /** How long the lease holds from now, and whether its sandbox is to go. */
    @Transactional
    public LeaseRenewed renew(SessionId id, Renew renewal) {
        var state = heard(id, renewal);
        return new LeaseRenewed(changes.rules().leases().ttl().toMillis(), state.end() != null);
    }

    /**
     * Hears the worker that holds a session.
     *
     * @throws Problem 409 if it does not hold it any more
     */
    @Transactional
    public void hear(SessionId id, SessionCommand word) {
        heard(id, word);
    }

    private SessionState heard(SessionId id, SessionCommand word) {
        return rows.lock(id)
                .map(session -> changes.change(session, word))
                .filter(decision -> decision.answer() != Answer.REFUSED)
                .orElseThrow(() -> Problem.conflict("Session " + id + " has ended or is another worker's: close its sandbox."))
                .next();
    }

    /** @return how many sessions nobody needs any more, or whose worker was lost; as many as fit into one transaction */
    @Transactional
    public int sweep() {
        var swept = 0;
        for (var session : rows.lockDue(BATCH)) {
            if (changes.change(session, new Sweep()).answer() == Answer.DONE) {
                swept++;
            } else {
                // it is due by what was once set
                rows.update(session, changes.rules().due(session.state()), null);
            }
        }
        return swept;
    }
}
