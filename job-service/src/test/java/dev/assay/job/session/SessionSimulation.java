// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.contracts.Failure;
import dev.assay.contracts.Failure.Kind;
import dev.assay.job.run.Decision.Answer;
import dev.assay.job.run.RunRules;
import dev.assay.job.run.RunSettings;
import dev.assay.job.run.RunState.Finished;
import dev.assay.job.run.RunState.Held;
import dev.assay.job.run.RunState.Queued;
import dev.assay.job.session.SessionCommand.Delete;
import dev.assay.job.session.SessionCommand.Fail;
import dev.assay.job.session.SessionCommand.Knock;
import dev.assay.job.session.SessionCommand.Ready;
import dev.assay.job.session.SessionCommand.Release;
import dev.assay.job.session.SessionCommand.Renew;
import dev.assay.job.session.SessionCommand.Sweep;
import dev.assay.job.session.SessionCommand.Take;
import dev.assay.job.session.SessionState.Cause;
import dev.assay.job.session.SessionState.End;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Clients, workers and the service, in a world where every message may be lost, late or doubled, every worker may die or stand still for a
 * while, clients go without a word, and clocks jump. Everything that happens follows from the seed.
 */
final class SessionSimulation {

    private static final int SESSIONS = 16;
    private static final int SLOTS = 3;
    private static final int TROUBLE_ENDS = 600;
    private static final int END = 3000;
    private static final int TTL = 15;
    private static final int IDLE = 10;
    private static final int UNUSED = 300;
    private static final int LONGEST = 900;

    /** As runs have them, with two more attempts. */
    private static final RunRules RULES = new RunSettings(
                    new RunSettings.Lease(seconds(TTL), 3), new RunSettings.Run(seconds(600), seconds(900), seconds(900), seconds(30)),
                    new RunSettings.Retry(seconds(1), seconds(8)), seconds(3600), new RunSettings.Sweep(seconds(1)), new RunSettings.Limits(0, List.of()))
            .rules();

    /** From when a client is gone until its sandbox is, where nothing goes wrong: a renewal, the limit, a sweep and a renewal. */
    private static final int PROMPT = 4 + IDLE + 1 + 4 + 2;

    private final Random random;
    private final SessionRules rules = new SessionRules(RULES, seconds(IDLE), seconds(UNUSED), seconds(LONGEST));
    private final Map<Integer, SessionState> sessions = new HashMap<>();
    private final Map<Integer, Client> clients = new HashMap<>();
    private final Map<Integer, Instant> lastSign = new HashMap<>();
    private final Map<Integer, Set<Cause>> reasons = new HashMap<>();
    private final Map<String, Worker> workers = new HashMap<>();
    private final PriorityQueue<Event> events = new PriorityQueue<>(Comparator.comparing(Event::at).thenComparing(Event::number));
    private int now;
    private int skew;
    private long numbered;

    SessionSimulation(long seed) {
        this.random = new Random(seed);
    }

    private record Event(int at, long number, Runnable happening) {}

    void play() {
        for (var session = 0; session < SESSIONS; session++) {
            var client = new Client(session);
            clients.put(session, client);
            // some come when all trouble is over: then what is promised must be kept to the second
            at(session % 4 == 0 ? TROUBLE_ENDS + 100 + below(300) : below(300), client::open);
        }
        for (var worker = 0; worker < 2; worker++) {
            bearWorker();
        }
        sweepForEver();
        while (!events.isEmpty() && now < END) {
            var event = events.remove();
            now = event.at();
            event.happening().run();
        }
        for (var session = 0; session < SESSIONS; session++) {
            assertIsOver(session);
        }
    }

    private void assertIsOver(int session) {
        var over = sessions.get(session);
        assertThat(over.lease()).as("session %d is not forgotten", session).isInstanceOf(Finished.class);
        assertThat(over.lease().numbers().losses()).isLessThanOrEqualTo(3);
        assertThat(reasons.get(session)).as("session %d ended for a reason that there was", session).contains(over.end().cause());
        for (var worker : workers.values()) {
            assertThat(worker.open.get(session)).as("%s holds nothing of session %d any more", worker.name, session).isNull();
        }
    }

    // ---------------------------------------------------------------- the service

    /** The database's clock, which a failover may set forward or back by some seconds. */
    private Instant clock() {
        return Instant.EPOCH.plusSeconds(now + skew);
    }

    private Answer tell(int session, SessionCommand command) {
        var before = sessions.get(session);
        var time = clock();
        var decision = rules.decide(before, command, time);
        var next = decision.next();
        sessions.put(session, next);
        assertIsLawful(session, before, command, decision, time);
        if (command instanceof Knock || command instanceof Renew renew && renew.tunnels() > 0 && decision.answer() == Answer.DONE) {
            lastSign.merge(session, time, (one, other) -> one.isAfter(other) ? one : other);
        }
        return decision.answer();
    }

    private void assertIsLawful(int session, SessionState before, SessionCommand command, SessionDecision decision, Instant time) {
        var next = decision.next();
        if (before.lease() instanceof Finished) {
            assertThat(next).as("session %d stays as it ended", session).isEqualTo(before);
        }
        if (before.end() != null) {
            assertThat(next.end()).as("session %d has one end", session).isEqualTo(before.end());
            assertThat(next.lease()).as("session %d is given to nobody any more", session).isNotInstanceOf(Queued.class);
        }
        if (decision.answer() != Answer.DONE) {
            assertThat(next).as("who is not heard changes nothing of session %d", session).isEqualTo(before);
        }
        var taken = command instanceof Take && decision.answer() == Answer.DONE ? 1 : 0;
        assertThat(fence(next)).as("session %d never has a number twice", session).isEqualTo(fence(before) + taken);
        if (before.text().equals("ready")) {
            assertThat(next.text()).as("session %d: where somebody may have been is nobody sent to twice", session).isIn("ready", "ended");
        }
        if (command instanceof Release release && release.failure() == null) {
            assertThat(next.lease().numbers().losses()).as("session %d, given back, lost nobody", session)
                    .isEqualTo(before.lease().numbers().losses());
        }
        if (command instanceof Sweep && decision.answer() == Answer.DONE) {
            assertThat(rules.due(before)).as("a sweep was due for session %d", session).isBeforeOrEqualTo(time);
        }
        if (next.end() != null && before.end() == null) {
            assertEndIsEarned(session, before, next.end(), time);
        }
    }

    private void assertEndIsEarned(int session, SessionState before, End ended, Instant time) {
        var signed = lastSign.get(session);
        switch (ended.cause()) {
            case IDLE -> {
                assertThat(signed).as("session %d had been used", session).isBeforeOrEqualTo(time.minusSeconds(IDLE));
                assertThat(before.tunnels()).as("nobody is in session %d", session).isZero();
            }
            case UNUSED -> {
                assertThat(signed).as("to session %d nobody ever came", session).isNull();
                assertThat(before.opened()).isBeforeOrEqualTo(time.minusSeconds(UNUSED));
            }
            case LIFETIME -> assertThat(before.opened()).isBeforeOrEqualTo(time.minusSeconds(LONGEST));
            case DELETED, ENVIRONMENT, WORKER -> {
                return; // as was told, see reasons
            }
        }
        because(session, ended.cause());
    }

    private static int fence(SessionState state) {
        return state.lease().numbers().fence();
    }

    private void because(int session, Cause cause) {
        reasons.computeIfAbsent(session, key -> new HashSet<>()).add(cause);
    }

    private void sweepForEver() {
        for (var session : List.copyOf(sessions.keySet())) {
            var due = rules.due(sessions.get(session));
            if (due != null && !clock().isBefore(due)) {
                var before = sessions.get(session);
                if (before.lease() instanceof Held held && !clock().isBefore(held.expires())) {
                    because(session, Cause.WORKER);
                }
                assertThat(tell(session, new Sweep())).as("what is due of session %d is done", session).isEqualTo(Answer.DONE);
            }
        }
        if (inTrouble() && below(60) == 0) {
            skew = below(9) - 4;
        }
        at(1, this::sweepForEver);
    }

    // ---------------------------------------------------------------- clients

    /** Knocks until it is led in, stays for a while, and goes: with a word, or without one. Some never come. */
    private final class Client {

        private final int session;
        private @Nullable Worker at;
        private boolean gone;
        private boolean atPeace;

        Client(int session) {
            this.session = session;
        }

        void open() {
            sessions.put(session, SessionState.openedAt(clock()));
            atPeace = !inTrouble();
            if (below(6) == 0) {
                gone = true;
                return; // killed before it ever knocked
            }
            knock();
            at(20 + below(200), this::leave);
        }

        private void knock() {
            if (gone || at != null) {
                return;
            }
            send(() -> {
                tell(session, new Knock());
                if (sessions.get(session).text().equals("ready") && sessions.get(session).lease() instanceof Held held) {
                    var worker = workers.get(held.worker());
                    var fence = held.numbers().fence();
                    send(() -> {
                        if (!gone && at == null && worker.alive && worker.holds(session, fence)) {
                            at = worker;
                        }
                    });
                }
            });
            at(4, this::knock);
        }

        /** The tunnel's other end is gone, which its reader sees. */
        void cutOff() {
            at = null;
            knock();
        }

        private void leave() {
            if (below(8) == 0 && !atPeace) {
                return; // it stays for ever
            }
            gone = true;
            at = null;
            if (below(2) == 0) {
                send(() -> {
                    because(session, Cause.DELETED);
                    tell(session, new Delete());
                });
            }
            if (atPeace) {
                at(PROMPT, () -> {
                    assertThat(sessions.get(session).lease()).as("session %d is over soon", session).isInstanceOf(Finished.class);
                    workers.values().forEach(worker ->
                            assertThat(worker.alive && worker.open.containsKey(session)).as("its sandbox is gone").isFalse());
                });
            }
        }
    }

    // ---------------------------------------------------------------- workers

    private void bearWorker() {
        var worker = new Worker("worker-" + workers.size());
        workers.put(worker.name, worker);
        for (var slot = 0; slot < SLOTS; slot++) {
            worker.lookForWork();
        }
    }

    private final class Worker {

        private final String name;
        private final Map<Integer, Sandbox> open = new HashMap<>();
        private boolean alive = true;
        private boolean stopping;
        private int pausedUntil;

        Worker(String name) {
            this.name = name;
            if (inTrouble()) {
                at(30 + below(240), () -> {
                    switch (below(4)) {
                        case 0 -> die();
                        case 1 -> stop();
                        default -> pausedUntil = now + below(60);
                    }
                    if (!alive || stopping) {
                        at(below(20), SessionSimulation.this::bearWorker);
                    }
                });
            }
        }

        boolean holds(int session, int fence) {
            var sandbox = open.get(session);
            return sandbox != null && sandbox.fence == fence;
        }

        private void die() {
            alive = false;
            List.copyOf(open.values()).forEach(Sandbox::close);
        }

        private void stop() {
            stopping = true;
            List.copyOf(open.values()).forEach(sandbox -> sandbox.giveBack(null));
        }

        /** Does it when it can: not while it stands still. */
        private void awake(Runnable work) {
            if (now < pausedUntil) {
                at(pausedUntil - now, () -> awake(work));
            } else if (alive) {
                work.run();
            }
        }

        void lookForWork() {
            if (!stopping) {
                ask(new UUID(random.nextLong(), random.nextLong()));
            }
        }

        /** Again and again until it is answered. */
        private void ask(UUID question) {
            var answered = new boolean[1];
            send(() -> give(question, answered));
            at(6, () -> awake(() -> {
                if (!answered[0]) {
                    ask(question);
                }
            }));
        }

        private void give(UUID question, boolean[] answered) {
            var given = sessions.keySet().stream().filter(session -> sessions.get(session).lease() instanceof Held held
                    && question.equals(held.ask()) && held.worker().equals(name) && clock().isBefore(held.expires())).findFirst();
            var queued = sessions.keySet().stream().filter(session -> sessions.get(session).lease() instanceof Queued waits
                    && (waits.notBefore() == null || !clock().isBefore(waits.notBefore()))).sorted().findFirst();
            given.or(() -> queued).ifPresent(session -> {
                if (given.isEmpty()) {
                    assertThat(tell(session, new Take(name, question))).isEqualTo(Answer.DONE);
                }
                var fence = fence(sessions.get(session));
                send(() -> awake(() -> {
                    if (!answered[0]) {
                        answered[0] = true;
                        new Sandbox(session, fence).begin();
                    }
                }));
            });
        }

        private final class Sandbox {

            private final int session;
            private final int fence;
            private boolean closed;
            private int heldUntil = now + TTL;

            Sandbox(int session, int fence) {
                this.session = session;
                this.fence = fence;
            }

            void begin() {
                var older = open.put(session, this);
                if (older != null) {
                    older.close();
                    open.put(session, this);
                }
                if (stopping) {
                    giveBack(null);
                    return;
                }
                renew();
                watchItsEnd();
                at(1 + below(20), () -> awake(() -> {
                    if (inTrouble() && below(10) == 0) {
                        giveBack("no room");
                    } else if (below(12) == 0) {
                        untilAnswered(() -> new Fail(name, fence, new Failure(Kind.ENVIRONMENT, null, "no licence")), this::close);
                    } else {
                        untilAnswered(() -> new Ready(name, fence, "http://" + name), () -> {});
                    }
                }));
            }

            private int tunnels() {
                var client = clients.get(session);
                return client.at == Worker.this && holds(session, fence) ? 1 : 0;
            }

            private void renew() {
                if (closed) {
                    return;
                }
                var asked = now;
                var tunnels = tunnels();
                send(() -> {
                    var answer = fenced(new Renew(name, fence, tunnels));
                    var ends = sessions.get(session).end() != null;
                    send(() -> awake(() -> {
                        if (answer == Answer.REFUSED) {
                            close();
                        } else if (ends && !closed) {
                            giveBack(null);
                        } else {
                            heldUntil = Math.max(heldUntil, asked + TTL);
                        }
                    }));
                });
                at(4, () -> awake(this::renew));
            }

            /** A lease that could not be renewed in time counts as lost even if nobody said so. */
            private void watchItsEnd() {
                if (!closed && now >= heldUntil) {
                    close();
                } else if (!closed) {
                    at(heldUntil - now, () -> awake(this::watchItsEnd));
                }
            }

            private void giveBack(@Nullable String failure) {
                close();
                untilAnswered(() -> new Release(name, fence, failure), () -> {});
            }

            private void untilAnswered(Supplier<SessionCommand> word, Runnable then) {
                var answered = new boolean[1];
                send(() -> {
                    var answer = fenced(word.get());
                    send(() -> awake(() -> {
                        if (!answered[0]) {
                            answered[0] = true;
                            (answer == Answer.REFUSED ? (Runnable) this::close : then).run();
                        }
                    }));
                });
                at(3, () -> awake(() -> {
                    if (!answered[0]) {
                        untilAnswered(word, then);
                    }
                }));
            }

            private Answer fenced(SessionCommand word) {
                var before = sessions.get(session);
                var holds = before.lease() instanceof Held held && held.numbers().fence() == fence && held.worker().equals(name);
                if (holds && word instanceof Fail) {
                    because(session, Cause.ENVIRONMENT);
                }
                if (holds && word instanceof Release) {
                    because(session, Cause.WORKER);
                }
                var answer = tell(session, word);
                assertThat(answer == Answer.DONE).as("of session %d only the latest attempt is heard", session).isEqualTo(holds);
                return answer;
            }

            private void close() {
                if (closed) {
                    return;
                }
                closed = true;
                open.remove(session, this);
                var client = clients.get(session);
                if (client.at == Worker.this) {
                    client.cutOff();
                }
                lookForWork();
            }
        }
    }

    // ---------------------------------------------------------------- the world

    /** Across the wire: in trouble a message may be lost, and one that comes may be late or come twice. */
    private void send(Runnable arrival) {
        var delays = new ArrayList<Integer>();
        if (!inTrouble()) {
            delays.add(0);
        } else if (below(6) > 0) {
            delays.add(below(8) == 0 ? below(40) : below(2));
            if (below(6) == 0) {
                delays.add(below(30));
            }
        }
        delays.forEach(delay -> at(delay, arrival));
    }

    private boolean inTrouble() {
        return now < TROUBLE_ENDS;
    }

    private int below(int bound) {
        return random.nextInt(bound);
    }

    private static Duration seconds(int seconds) {
        return Duration.ofSeconds(seconds);
    }

    private void at(int delay, Runnable happening) {
        events.add(new Event(now + delay, numbered++, happening));
    }
}
