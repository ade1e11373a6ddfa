// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.session;

import dev.assay.contracts.RunId;
import dev.assay.contracts.SessionId;
import dev.assay.contracts.TeamId;
import dev.assay.contracts.internal.SessionLease;
import dev.assay.job.run.Asks;
import dev.assay.job.run.Decision.Answer;
import dev.assay.job.run.RunSettings;
import dev.assay.job.session.SessionCommand.Delete;
import dev.assay.job.session.SessionCommand.Knock;
import dev.assay.job.session.SessionCommand.Release;
import dev.assay.job.session.SessionCommand.Renew;
import dev.assay.job.session.SessionCommand.Sweep;
import dev.assay.job.session.SessionCommand.Take;
import dev.assay.job.session.SessionState.Held;
import dev.assay.kit.problem.Problem;
import dev.assay.kit.signal.Dispatcher.Given;
import dev.assay.kit.signal.Dispatcher.Question;
import dev.assay.kit.signal.WorkSignal;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/**
 * Opens sessions for teams, gives them to workers and hears from both: locks the row, lets the {@link SessionRules} decide, writes what they
 * decided.
 */
@Service
class Sessions {

    private static final int BATCH = 200;

    private final SessionRows rows;
    private final Asks asks;
    private final SessionRules rules;
    private final WorkSignal signal;

    Sessions(SessionRows rows, Asks asks, SessionSettings settings, RunSettings runs, @Qualifier("sessionSignal") WorkSignal signal) {
        this.rows = rows;
        this.asks = asks;
        this.rules = settings.rules(runs.lease());
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
        return rows.find(id, team).orElseThrow(() -> nothing(id));
    }

    /** Its worker hears of it with the next renewal. */
    @Transactional
    public void end(SessionId id, TeamId team) {
        tell(id, team, new Delete());
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

    /** Gives queued sessions to workers; a question that was asked before has what it was given then, and no more. */
    @Transactional
    public Given<SessionLease> give(List<Question> questions) {
        var withdrawn = asks.hold(questions.stream().map(Question::ask).toList());
        var answers = new HashMap<Question, List<SessionLease>>();
        var hungry = new ArrayDeque<Question>();
        for (var question : questions) {
            if (withdrawn.contains(question.ask())) {
                continue;
            }
            var given = rows.lockGiven(question.worker(), question.ask());
            if (given.isEmpty()) {
                hungry.add(question);
            } else {
                answers.put(question, given.stream().map(session -> lease(session, session.state())).toList());
            }
        }
        return new Given<>(answers, withdrawn, deal(hungry, answers));
    }

    /** To each in turn, so that what is opened together starts on many workers. True: there may be more. */
    private boolean deal(Deque<Question> hungry, Map<Question, List<SessionLease>> answers) {
        var wanted = hungry.stream().mapToInt(Question::free).sum();
        var found = rows.lockNextQueued(Math.min(wanted, BATCH));
        for (var session : found) {
            var question = hungry.remove();
            var own = answers.computeIfAbsent(question, key -> new ArrayList<>());
            own.add(lease(session, change(session, new Take(question.worker(), question.ask())).next()));
            if (own.size() < question.free()) {
                hungry.add(question);
            }
        }
        return found.size() == BATCH && wanted > BATCH;
    }

    /** What was given in answer, and may never have been heard of, goes back. Whoever waits for the answer is told so at once. */
    @Transactional
    public void withdraw(String worker, UUID ask) {
        asks.withdraw(ask);
        for (var session : rows.lockGiven(worker, ask)) {
            change(session, new Release(worker, session.state().life().fence(), null));
        }
        signal.arrived();
    }

    private SessionLease lease(Session session, SessionState state) {
        var held = (Held) state;
        var left = Duration.between(session.readAt(), held.expires());
        return new SessionLease(
                session.id(), session.team(), held.life().fence(), left.toMillis(), rules.longest().toMillis(), session.environment());
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
