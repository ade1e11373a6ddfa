// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.job.run.Decision.Answer;
import dev.assay.job.run.RunCommand.Cancel;
import dev.assay.job.run.RunCommand.Renew;
import dev.assay.job.run.RunCommand.Report;
import dev.assay.job.run.RunCommand.Submit;
import dev.assay.job.run.RunCommand.Sweep;
import dev.assay.job.run.RunCommand.Take;
import dev.assay.job.run.RunState.Finished;
import dev.assay.job.run.RunState.Held;
import dev.assay.job.run.RunState.Phase;
import dev.assay.job.run.RunState.Queued;
import dev.assay.job.run.RunState.Unknown;
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
import java.util.function.Consumer;

/**
 * Clients, workers and the queue, in a world where every message may be lost, late or doubled and every worker may die. Everything that
 * happens follows from the seed.
 */
final class RunSimulation {

    private static final int RUNS = 20;
    private static final Duration TROUBLE_ENDS = Duration.ofMinutes(10);
    private static final Duration END = Duration.ofMinutes(60);

    private final Random random;
    private final RunRules rules = new RunRules(Duration.ofSeconds(15), 3, Duration.ofSeconds(30), Duration.ofHours(1));
    private final Map<Integer, RunState> runs = new HashMap<>();
    private final Map<Integer, Integer> ends = new HashMap<>();
    private final Set<Integer> cancelAccepted = new HashSet<>();
    private final Map<Integer, Ending> reportAccepted = new HashMap<>();
    private final PriorityQueue<Event> events = new PriorityQueue<>(Comparator.comparing(Event::at).thenComparing(Event::number));
    private Instant now = Instant.EPOCH;
    private long numbered;
    private int workersBorn;

    RunSimulation(long seed) {
        this.random = new Random(seed);
    }

    private record Event(Instant at, long number, Runnable happening) {}

    void play() {
        for (var run = 0; run < RUNS; run++) {
            client(run);
        }
        for (var slot = 0; slot < 4; slot++) {
            bearWorker();
        }
        sweepForEver();
        while (!events.isEmpty() && now.isBefore(Instant.EPOCH.plus(END))) {
            var event = events.remove();
            now = event.at();
            event.happening().run();
        }
        for (var run = 0; run < RUNS; run++) {
            assertIsOver(run);
        }
    }

    private void assertIsOver(int run) {
        assertThat(runs.get(run)).as("run %d is not lost", run).isInstanceOf(Finished.class);
        assertThat(ends.get(run)).as("run %d ended once", run).isEqualTo(1);
        var finished = (Finished) runs.get(run);
        assertThat(finished.attempt()).isLessThanOrEqualTo(3);
        if (reportAccepted.containsKey(run)) {
            assertThat(finished.ending()).isIn(reportAccepted.get(run), Ending.CANCELLED);
        }
        if (finished.ending().reward() != null) {
            assertThat(finished.ending()).as("run %d has the grade that was accepted", run).isEqualTo(reportAccepted.get(run));
        }
        if (cancelAccepted.contains(run) && finished.ending().reward() == null) {
            assertThat(finished.status()).isEqualTo(RunStatus.CANCELLED);
        }
        if (finished.status() == RunStatus.CANCELLED) {
            assertThat(cancelAccepted).contains(run);
        }
    }

    private void client(int run) {
        var submitted = seconds(60);
        at(submitted, () -> submitUntilAnswered(run));
        if (random.nextInt(4) == 0) {
            // may overtake the submission
            at(Math.max(0, submitted - 2 + seconds(60)), () -> send(() -> {
                var before = runs.getOrDefault(run, new Unknown());
                if (tell(run, new Cancel()).answer() == Answer.DONE || before instanceof Unknown) {
                    cancelAccepted.add(run);
                }
            }));
        }
    }

    private void submitUntilAnswered(int run) {
        var answered = new boolean[1];
        send(() -> {
            tell(run, new Submit());
            send(() -> answered[0] = true);
        });
        at(5, () -> {
            if (!answered[0]) {
                submitUntilAnswered(run);
            }
        });
    }

    private void bearWorker() {
        new Worker("worker-" + workersBorn++).lookForWork();
    }

    private final class Worker {

        private final String name;
        private boolean alive = true;

        Worker(String name) {
            this.name = name;
            if (inTrouble() && random.nextInt(3) > 0) {
                at(seconds(240), () -> {
                    alive = false;
                    at(seconds(20), RunSimulation.this::bearWorker);
                });
            }
        }

        void lookForWork() {
            if (!alive) {
                return;
            }
            var gotOne = new boolean[1];
            send(() -> {
                var queued = runs.keySet().stream().filter(run -> runs.get(run) instanceof Queued).sorted().toList();
                if (queued.isEmpty()) {
                    return;
                }
                var run = queued.get(random.nextInt(queued.size()));
                tell(run, new Take(name, Duration.ofMinutes(2)));
                var attempt = ((Held) runs.get(run)).attempt();
                send(() -> {
                    if (alive && !gotOne[0]) {
                        gotOne[0] = true;
                        new Attempt(run, attempt).begin();
                    }
                });
            });
            at(10, () -> {
                if (!gotOne[0]) {
                    lookForWork();
                }
            });
        }

        private final class Attempt {

            private final int run;
            private final int attempt;
            private boolean stopped;

            Attempt(int run, int attempt) {
                this.run = run;
                this.attempt = attempt;
            }

            void begin() {
                // some take longer than they may
                var takes = random.nextInt(10) == 0 ? 300 : 1 + seconds(60);
                at(takes, () -> report(new Ending(RunStatus.COMPLETED, "done", null, random.nextDouble())));
                renew();
            }

            private void renew() {
                if (!alive || stopped) {
                    return;
                }
                send(() -> {
                    var answer = fencedTell(run, new Renew(name, attempt, Phase.RUNNING), attempt);
                    var cancel = runs.get(run) instanceof Held held && held.cancelling();
                    send(() -> {
                        if (answer == Answer.REFUSED) {
                            stop();
                        }
                        if (cancel) {
                            report(Ending.CANCELLED);
                        }
                    });
                });
                at(4, this::renew);
            }

            private void report(Ending ending) {
                if (!alive || stopped) {
                    return;
                }
                var answered = new boolean[1];
                send(() -> {
                    var answer = fencedTell(run, new Report(name, attempt, ending), attempt);
                    if (answer == Answer.DONE) {
                        assertThat(reportAccepted.put(run, ending)).as("run %d is graded once", run).isNull();
                    }
                    send(() -> {
                        answered[0] = true;
                        stop();
                    });
                });
                at(3, () -> {
                    if (!answered[0]) {
                        report(ending);
                    }
                });
            }

            private void stop() {
                if (!stopped) {
                    stopped = true;
                    lookForWork();
                }
            }
        }

        private Answer fencedTell(int run, RunCommand command, int attempt) {
            var before = runs.get(run);
            var holds = before instanceof Held held && held.attempt() == attempt && held.worker().equals(name);
            var decision = tell(run, command);
            if (!holds) {
                assertThat(runs.get(run)).as("a fenced attempt changes nothing of run %d", run).isEqualTo(before);
                assertThat(decision.answer()).isNotEqualTo(Answer.DONE);
            }
            return decision.answer();
        }
    }

    private void sweepForEver() {
        for (var run : List.copyOf(runs.keySet())) {
            tell(run, new Sweep());
        }
        at(1, this::sweepForEver);
    }

    private Decision tell(int run, RunCommand command) {
        var before = runs.getOrDefault(run, new Unknown());
        var decision = rules.decide(before, command, now);
        if (before instanceof Finished) {
            assertThat(decision.next()).as("run %d stays as it ended", run).isEqualTo(before);
        }
        if (decision.next() instanceof Finished && !decision.next().equals(before)) {
            ends.merge(run, 1, Integer::sum);
        }
        if (!(decision.next() instanceof Unknown)) {
            runs.put(run, decision.next());
        }
        return decision;
    }

    /** Across the wire: in trouble a message may be lost, and one that comes may be late or come twice. */
    private void send(Runnable arrival) {
        var copies = new ArrayList<Integer>();
        if (!inTrouble()) {
            copies.add(0);
        } else if (random.nextInt(6) > 0) {
            copies.add(random.nextInt(8) == 0 ? seconds(40) : random.nextInt(2));
            if (random.nextInt(6) == 0) {
                copies.add(seconds(30));
            }
        }
        Consumer<Integer> deliver = delay -> at(delay, arrival);
        copies.forEach(deliver);
    }

    private boolean inTrouble() {
        return now.isBefore(Instant.EPOCH.plus(TROUBLE_ENDS));
    }

    private int seconds(int most) {
        return random.nextInt(most + 1);
    }

    private void at(int seconds, Runnable happening) {
        events.add(new Event(now.plusSeconds(seconds), numbered++, happening));
    }
}
