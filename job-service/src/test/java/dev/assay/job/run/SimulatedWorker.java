// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.job.run.Decision.Answer;
import dev.assay.kit.signal.Dispatcher.Question;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Asks for runs and for sessions, and does what they say. In trouble it dies, is stopped, or stands still for a while; another follows it. */
public final class SimulatedWorker {

    private static final int SLOTS = 4;
    private static final int TTL = 15;

    private final World world;
    private final SimulatedService service;
    private final String name;
    private final Map<Piece, Attempt> open = new LinkedHashMap<>(); // in the same order each time that a seed is played
    private final Map<String, Question> asked = new LinkedHashMap<>();
    private boolean alive = true;
    private boolean stopping;
    private int pausedUntil;

    private SimulatedWorker(World world, SimulatedService service) {
        this.world = world;
        this.service = service;
        this.name = "worker-" + world.id();
    }

    public static void bear(World world, SimulatedService service) {
        var worker = new SimulatedWorker(world, service);
        service.workers.add(worker.name);
        if (world.inTrouble()) {
            world.at(30 + world.below(240), worker::hasTrouble);
        }
        worker.lookForWork();
    }

    private void hasTrouble() {
        switch (world.below(4)) {
            case 0 -> alive = false;
            case 1 -> stop();
            default -> pausedUntil = world.now() + world.below(60);
        }
        if (!alive) {
            List.copyOf(open.values()).forEach(Attempt::close);
        }
        if (!alive || stopping) {
            service.workers.remove(name);
            world.at(world.below(20), () -> bear(world, service));
        }
    }

    private void stop() {
        stopping = true;
        if (world.below(2) == 0) {
            asked.values().forEach(question -> world.sendUntilAnswered(3, () -> alive, answered -> {
                service.withdraw(name, question.ask());
                world.send(answered);
            }));
            asked.clear();
        }
        List.copyOf(open.values()).forEach(attempt -> attempt.giveBack(null));
    }

    String name() {
        return name;
    }

    public boolean holds(Piece piece, int attempt) {
        var one = open.get(piece);
        return alive && one != null && one.number == attempt;
    }

    /** Does it when it can: not while it stands still. */
    private void awake(Runnable work) {
        if (world.now() < pausedUntil) {
            world.at(pausedUntil - world.now(), () -> awake(work));
        } else if (alive) {
            work.run();
        }
    }

    /** One question at a time for all that is free. */
    private void lookForWork() {
        for (var sort : List.of("run", "session")) {
            var busy = (int) open.keySet().stream().filter(piece -> piece.sort().equals(sort)).count();
            if (alive && !stopping && busy < SLOTS && !asked.containsKey(sort)) {
                var question = new Question(name, world.id(), SLOTS - busy, Set.of());
                asked.put(sort, question);
                ask(sort, question);
            }
        }
    }

    /** Again and again until it is answered: one that is stopping still waits for the answer. */
    private void ask(String sort, Question question) {
        world.send(() -> {
            var given = service.ask(question, sort);
            if (!given.isEmpty()) {
                var attempts = given.stream().map(piece -> new Attempt(piece, piece.lease().numbers().fence())).toList();
                world.send(() -> awake(() -> {
                    if (asked.remove(sort, question)) {
                        attempts.forEach(Attempt::begin);
                        lookForWork();
                    }
                }));
            }
        });
        world.at(6, () -> awake(() -> {
            if (question.equals(asked.get(sort))) {
                ask(sort, question);
            }
        }));
    }

    /** A piece of work that it has. */
    public final class Attempt {

        public final Piece piece;
        public final int number;
        private boolean closed;
        private int heldUntil = world.now() + TTL;

        private Attempt(Piece piece, int number) {
            this.piece = piece;
            this.number = number;
        }

        public String worker() {
            return name;
        }

        public SimulatedWorker at() {
            return SimulatedWorker.this;
        }

        private void begin() {
            var older = open.put(piece, this);
            if (older != null) {
                older.close();
                open.put(piece, this);
            }
            if (stopping) {
                giveBack(null);
                return;
            }
            renew();
            watchItsEnd();
            if (!closed) {
                piece.drive(this);
            }
        }

        public void later(int delay, Runnable work) {
            world.at(delay, () -> awake(() -> {
                if (!closed) {
                    work.run();
                }
            }));
        }

        private void renew() {
            var asked = world.now();
            world.send(() -> {
                var answer = fenced(() -> piece.renew(this));
                var unwanted = piece.isUnwanted();
                world.send(() -> awake(() -> {
                    if (answer == Answer.REFUSED) {
                        close();
                    } else if (unwanted && !closed) {
                        piece.clearUp(this);
                    } else {
                        heldUntil = Math.max(heldUntil, asked + TTL);
                    }
                }));
            });
            later(4, this::renew);
        }

        /** A lease that could not be renewed in time counts as lost even if nobody said so. */
        private void watchItsEnd() {
            if (world.now() >= heldUntil) {
                close();
            } else {
                later(heldUntil - world.now(), this::watchItsEnd);
            }
        }

        public void giveBack(@Nullable String failure) {
            close();
            tell(() -> piece.release(name, number, failure), () -> {});
        }

        /** Until it is answered. */
        public void tell(Supplier<Answer> word, Runnable then) {
            world.sendUntilAnswered(3, () -> alive, answered -> {
                var answer = fenced(word);
                world.send(() -> awake(() -> {
                    answered.run();
                    (answer == Answer.REFUSED ? (Runnable) this::close : then).run();
                }));
            });
        }

        /** Only whoever has the lease is heard: there is one at any time. */
        private Answer fenced(Supplier<Answer> word) {
            var before = piece.known();
            var holds = piece.isHeldBy(name, number);
            var answer = word.get();
            if (!holds) {
                assertThat(piece.known()).as("a fenced attempt changes nothing of %s", piece).isEqualTo(before);
                assertThat(answer).as("%s", piece).isNotEqualTo(Answer.DONE);
            }
            return answer;
        }

        public void close() {
            if (!closed) {
                closed = true;
                open.remove(piece, this);
                piece.left(SimulatedWorker.this);
                lookForWork();
            }
        }
    }
}
