// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.session;

import dev.assay.contracts.RunId;
import dev.assay.contracts.SessionId;
import dev.assay.contracts.TeamId;
import dev.assay.contracts.UserId;
import dev.assay.contracts.internal.EnvironmentVersion;
import dev.assay.contracts.internal.SessionLease;
import dev.assay.job.run.Asks;
import dev.assay.job.run.Decision.Answer;
import dev.assay.job.run.FairOrder.Flow;
import dev.assay.job.run.Needs;
import dev.assay.job.run.Rooms;
import dev.assay.job.run.RunSettings;
import dev.assay.job.run.Turns;
import dev.assay.job.session.SessionCommand.Delete;
import dev.assay.job.session.SessionCommand.Knock;
import dev.assay.job.session.SessionCommand.Release;
import dev.assay.job.session.SessionCommand.Renew;
import dev.assay.job.session.SessionCommand.Sweep;
import dev.assay.job.session.SessionCommand.Take;
import dev.assay.job.session.SessionState.Held;
import dev.assay.job.submit.Placement;
import dev.assay.job.submit.Placement.Place;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.RunKeys;
import dev.assay.kit.identity.RunKeys.RunKey;
import dev.assay.kit.problem.Problem;
import dev.assay.kit.signal.Dispatcher.Given;
import dev.assay.kit.signal.Dispatcher.Question;
import dev.assay.kit.signal.WorkSignal;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Opens sessions for teams, gives them to workers and hears from both: locks the row, lets the {@link SessionRules} decide, writes what they
 * decided.
 */
@Service
public class Sessions {

    private static final int BATCH = 200;

    private final SessionRows rows;
    private final Turns turns;
    private final Rooms rooms;
    private final Asks asks;
    private final RunKeys keys;
    private final TransactionTemplate transactions;
    private final SessionRules rules;
    private final WorkSignal signal;

    Sessions(
            SessionRows rows, Turns turns, Rooms rooms, Asks asks, RunKeys keys, TransactionTemplate transactions, SessionSettings settings, RunSettings runs,
            @Qualifier("sessionSignal") WorkSignal signal) {
        this.rows = rows;
        this.turns = turns;
        this.rooms = rooms;
        this.asks = asks;
        this.keys = keys;
        this.transactions = transactions;
        this.rules = settings.rules(runs.lease());
        this.signal = signal;
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

    /** Its worker hears of it with the next renewal. */
    @Transactional
    public void end(SessionId id, TeamId team) {
        tell(id, team, new Delete());
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
            some.forEach(session -> change(session, new Delete()));
            return some.size();
        }));
    }

    @Transactional
    public void knock(SessionId id, TeamId team) {
        tell(id, team, new Knock());
    }

    private void tell(SessionId id, TeamId team, SessionCommand command) {
        change(rows.lock(id).filter(found -> found.team().equals(team)).orElseThrow(() -> nothing(id)), command);
    }

    private static Problem nothing(SessionId id) {
        return Problem.notFound("There is no session " + id + " in your team.");
    }

    boolean mayBeFor(List<Question> questions) {
        return rows.mayBeFor(questions.stream().map(Question::ask).toList());
    }

    /** Gives queued sessions to workers. */
    @Transactional
    public Given<SessionLease> give(List<Question> questions) {
        var given = turns.give(questions, new Waiting());
        var leases = new HashMap<Question, List<SessionLease>>();
        given.answers().forEach((question, sessions) -> leases.put(question, sessions.stream().map(this::lease).toList()));
        return new Given<>(leases, given.withdrawn(), given.more());
    }

    private final class Waiting implements Turns.Kind<Session> {

        @Override
        public List<Session> lockGiven(Collection<String> workers, Collection<UUID> asks) {
            return rows.lockGiven(workers, asks);
        }

        @Override
        public boolean isAnswer(Session session, Question question) {
            return session.state() instanceof Held held && held.worker().equals(question.worker()) && question.ask().equals(held.ask());
        }

        @Override
        public String flows() {
            return SessionRows.FLOWS;
        }

        @Override
        public Map<Session, Flow> lockQueued(Map<Flow, Integer> flows, Collection<Session> taken) {
            return rows.lockQueued(flows, taken);
        }

        @Override
        public Function<Session, Needs> needs(Collection<Session> sessions) {
            return Session::needs;
        }

        @Override
        public Map<Session, Question> take(Map<Session, Question> dealt) {
            var taken = new LinkedHashMap<Session, Question>();
            dealt.forEach((session, question) ->
                    taken.put(session.now(change(session, new Take(question.worker(), question.ask())).next()), question));
            return taken;
        }
    }

    /** What was given in answer, and may never have been heard of, goes back. Whoever waits for the answer is told so at once. */
    @Transactional
    public void withdraw(String worker, UUID ask) {
        asks.withdraw(ask);
        for (var session : rows.lockGiven(List.of(worker), List.of(ask))) {
            change(session, new Release(worker, session.state().life().fence(), null));
        }
        signal.arrived();
    }

    /** The key is of the session as another is of its run, and names no model: judges are all that it opens of those. */
    private SessionLease lease(Session session) {
        var held = (Held) session.state();
        var attempt = held.life().fence();
        var left = Duration.between(session.readAt(), held.expires());
        var key = new RunKey(session.team(), new RunId(session.id().value()), attempt, null);
        return new SessionLease(
                session.id(), session.team(), attempt, left.toMillis(), rules.longest().toMillis(), session.environment(), session.version(),
                keys.mint(key, session.readAt().plus(rules.longest())));
    }

    /** @return how long the lease holds from now */
    @Transactional
    public Duration renew(SessionId id, Renew renewal) {
        hear(id, renewal);
        return rules.ttl();
    }

    /**
     * Hears the worker that holds a session.
     *
     * @throws Problem 409 if it does not hold it any more
     */
    @Transactional
    public void hear(SessionId id, SessionCommand word) {
        var answer = rows.lock(id).map(session -> change(session, word).answer()).orElse(Answer.REFUSED);
        if (answer == Answer.REFUSED) {
            throw Problem.conflict("Session " + id + " has ended or is another worker's: close its sandbox.");
        }
    }

    /** @return how many sessions nobody needs any more, or whose worker was lost; as many as fit into one transaction */
    @Transactional
    public int sweep() {
        var swept = 0;
        for (var session : rows.lockDue(BATCH)) {
            if (change(session, new Sweep()).answer() == Answer.DONE) {
                swept++;
            } else {
                // it is due by what was once set
                rows.update(session, rules.due(session.state()));
            }
        }
        return swept;
    }

    /** Of a session that the caller has locked. */
    private SessionDecision change(Session session, SessionCommand command) {
        var decision = rules.decide(session.state(), command, session.readAt());
        var next = decision.next();
        if (!next.equals(session.state())) {
            rows.update(session.now(next), rules.due(next));
        }
        if (!next.text().equals(session.state().text()) && !next.text().equals("starting")) {
            signal.arrived(); // for whoever waits for work, or for this one
        }
        return decision;
    }
}
