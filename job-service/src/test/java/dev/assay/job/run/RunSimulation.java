// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.contracts.Failure;
import dev.assay.contracts.Failure.Kind;
import dev.assay.contracts.UserId;
import dev.assay.job.run.Decision.Answer;
import dev.assay.job.run.RunCommand.Cancel;
import dev.assay.job.run.RunCommand.Release;
import dev.assay.job.run.RunCommand.Renew;
import dev.assay.job.run.RunCommand.Report;
import dev.assay.job.run.RunCommand.Rerun;
import dev.assay.job.run.RunCommand.Submit;
import dev.assay.job.run.RunCommand.Sweep;
import dev.assay.job.run.RunCommand.Take;
import dev.assay.job.run.RunState.EndedBy;
import dev.assay.job.run.RunState.Finished;
import dev.assay.job.run.RunState.Held;
import dev.assay.job.run.RunState.Numbers;
import dev.assay.job.run.RunState.Phase;
import dev.assay.job.run.RunState.Queued;
import dev.assay.job.run.RunState.Terms;
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
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Clients, workers and the queue, in a world where every message may be lost, late or doubled and every worker may die. Everything that
 * happens follows from the seed.
 */
final class RunSimulation {

    private static final int RUNS = 20;
    private static final Retries RETRIES = new Retries(Map.of(Kind.GRADER, 1, Kind.MODEL, 3));
    private static final Duration GRACE = Duration.ofSeconds(30);
    private static final UserId USER = new UserId(new UUID(0, 1));
    private static final Duration TROUBLE_ENDS = Duration.ofMinutes(10);
    private static final Duration END = Duration.ofMinutes(60);

    private final Random random;
    private final RunRules rules = new RunRules(
            Duration.ofSeconds(15), RetryPolicy.of(2, Duration.ofSeconds(4), Duration.ofSeconds(30)), Duration.ofMinutes(5), GRACE, Duration.ofHours(1));
    private final Map<Integer, RunState> runs = new HashMap<>();
    private final Map<Integer, List<Integer>> ends = new HashMap<>();
    private final Map<Integer, Integer> queuedAgain = new HashMap<>();
    private final Map<Integer, Integer> fences = new HashMap<>();
    private final Map<Integer, Instant> endsBy = new HashMap<>();
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
        var often = 1 + queuedAgain.getOrDefault(run, 0);
        assertThat(ends.get(run))
                .as("run %d ended once each time that it was queued, each time with the next number", run)
                .containsExactlyElementsOf(IntStream.rangeClosed(1, often).boxed().toList());
        var finished = (Finished) runs.get(run);
        assertThat(finished.numbers().losses()).as("run %d had no more attempts than any failure has", run).isLessThanOrEqualTo(4);
        if (finished.ending().kind() == Kind.INFRASTRUCTURE || finished.ending().kind() == Kind.MODEL) {
            assertThat(finished.ending().reward()).as("nobody's score of run %d", run).isNull();
        }
        if (reportAccepted.containsKey(run)) {
            assertThat(finished.ending()).as("run %d ended as was accepted, also if a cancellation was under way", run)
                    .isEqualTo(reportAccepted.get(run));
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
        if (random.nextInt(3) == 0) {
            at(submitted + 100 + seconds(600), () -> queueAgain(run));
        }
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

    /** As whoever has a run done again will: all that is counted of the run stays. */
    private void queueAgain(int run) {
        if (runs.get(run) instanceof Finished finished && !cancelAccepted.contains(run)) {
            queuedAgain.merge(run, 1, Integer::sum);
            reportAccepted.remove(run);
            var again = (Queued) rules.decide(rerunnable(finished), new Rerun(USER), now).next();
            runs.put(run, limited(run, again));
        }
    }

    /** The rule has those alone queued again that have no grade; here others are, too. */
    private static Finished rerunnable(Finished finished) {
        return new Finished(finished.numbers(), Ending.CANCELLED, EndedBy.PLATFORM, null, finished.at());
    }

    /** The time for the whole rollout begins when a run is queued, as it is written beside the run. */
    private RunState limited(int run, Queued queued) {
        endsBy.remove(run);
        if (run % 4 > 0) {
            return queued;
        }
        endsBy.put(run, now.plusSeconds(1 + seconds(400)));
        return new Queued(queued.numbers(), queued.notBefore(), endsBy.get(run));
    }

    private void submitUntilAnswered(int run) {
        var answered = new boolean[1];
        send(() -> {
            if (tell(run, new Submit(false)).next() instanceof Queued queued && !endsBy.containsKey(run) && queued.numbers().equals(Numbers.NONE)) {
                runs.put(run, limited(run, queued));
            }
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
        private final Set<Attempt> busyWith = new HashSet<>();
        private boolean alive = true;
        private boolean stopping;

        Worker(String name) {
            this.name = name;
            if (inTrouble() && random.nextInt(3) > 0) {
                at(seconds(240), () -> {
                    if (random.nextBoolean()) {
                        alive = false;
                    } else {
                        stopping = true;
                        List.copyOf(busyWith).forEach(attempt -> attempt.giveBack(null));
                    }
                    at(seconds(20), RunSimulation.this::bearWorker);
                });
            }
        }

        void lookForWork() {
            if (alive && !stopping) {
                ask(new UUID(random.nextLong(), random.nextLong()));
            }
        }

        /** Again and again until it is answered: a worker that is stopping still waits for the answer. */
        private void ask(UUID question) {
            var answered = new boolean[1];
            send(() -> {
                var given = runs.entrySet().stream()
                        .filter(run -> run.getValue() instanceof Held held
                                && question.equals(held.ask())
                                && held.worker().equals(name)
                                && now.isBefore(held.expires()))
                        .map(Map.Entry::getKey)
                        .findFirst();
                var queued = runs.keySet().stream().filter(run -> runs.get(run) instanceof Queued waiting && mayBegin(waiting)).sorted().toList();
                if (given.isEmpty() && queued.isEmpty()) {
                    return;
                }
                int run = given.orElseGet(() -> queued.get(random.nextInt(queued.size())));
                if (given.isEmpty()) {
                    tell(run, new Take(name, question, new Terms(Duration.ofMinutes(2), RETRIES)));
                }
                var attempt = runs.get(run).numbers().fence();
                send(() -> {
                    if (alive && !answered[0]) {
                        answered[0] = true;
                        new Attempt(run, attempt).begin();
                    }
                });
            });
            at(10, () -> {
                if (alive && !answered[0]) {
                    ask(question);
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
                busyWith.add(this);
                if (stopping) {
                    giveBack(null);
                    return;
                }
                if (inTrouble() && random.nextInt(12) == 0) {
                    giveBack("no room");
                    return;
                }
                // some take longer than they may
                var takes = random.nextInt(10) == 0 ? 300 : 1 + seconds(60);
                at(takes, () -> report(ending()));
                renew();
            }

            /** Some fail: of the kinds some are tried again, and some are not. */
            private Ending ending() {
                if (random.nextInt(4) > 0) {
                    return new Ending(RunStatus.COMPLETED, "done", null, random.nextDouble());
                }
                var kind = Kind.values()[random.nextInt(Kind.values().length)];
                return Ending.of(RunStatus.ERROR, null, new Failure(kind, null, "no"), random.nextBoolean() ? 0.0 : null);
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
                    if (answer == Answer.DONE && runs.get(run) instanceof Finished) {
                        var stands = cancelAccepted.contains(run) && (ending.status() != RunStatus.COMPLETED || ending.reward() == null);
                        assertThat(reportAccepted.put(run, stands ? Ending.CANCELLED : ending)).as("run %d is graded once", run).isNull();
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

            private void giveBack(@Nullable String failure) {
                if (!alive || stopped) {
                    return;
                }
                stopped = true;
                busyWith.remove(this);
                releaseUntilAnswered(failure);
                lookForWork();
            }

            private void releaseUntilAnswered(@Nullable String failure) {
                var answered = new boolean[1];
                send(() -> {
                    fencedTell(run, new Release(name, attempt, failure), attempt);
                    send(() -> answered[0] = true);
                });
                at(3, () -> {
                    if (!answered[0]) {
                        releaseUntilAnswered(failure);
                    }
                });
            }

            private void stop() {
                if (!stopped) {
                    stopped = true;
                    busyWith.remove(this);
                    lookForWork();
                }
            }
        }

        private Answer fencedTell(int run, RunCommand command, int attempt) {
            var before = runs.get(run);
            var holds = before instanceof Held held && held.numbers().fence() == attempt && held.worker().equals(name);
            var decision = tell(run, command);
            if (holds && command instanceof Release release && release.failure() == null) {
                assertThat(runs.get(run).numbers().losses())
                        .as("run %d, given back, lost nobody", run)
                        .isEqualTo(before.numbers().losses());
            }
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
            if (runs.get(run) instanceof Held held) {
                assertThat(held.expires()).as("run %d is held by nobody who was lost", run).isAfter(now);
            }
            if (endsBy.containsKey(run) && !(runs.get(run) instanceof Finished)) {
                assertThat(runs.get(run) instanceof Queued ? now : now.minus(GRACE)).as("run %d has no more time than it may", run)
                        .isBefore(endsBy.get(run));
            }
        }
        at(1, this::sweepForEver);
    }

    private boolean mayBegin(Queued queued) {
        return queued.notBefore() == null || !now.isBefore(queued.notBefore());
    }

    private Decision tell(int run, RunCommand command) {
        var before = runs.getOrDefault(run, new Unknown());
        var decision = rules.decide(before, command, now);
        if (before instanceof Finished) {
            assertThat(decision.next()).as("run %d stays as it ended", run).isEqualTo(before);
        }
        if (decision.next() instanceof Finished finished && !decision.next().equals(before)) {
            ends.computeIfAbsent(run, key -> new ArrayList<>()).add(finished.numbers().revision());
        }
        var fence = decision.next().numbers().fence();
        assertThat(fence).as("run %d never has a number twice", run).isGreaterThanOrEqualTo(fences.getOrDefault(run, 0));
        if (before instanceof Held && decision.next() instanceof Queued queued && queued.numbers().losses() > before.numbers().losses()) {
            assertThat(queued.notBefore()).as("run %d waits after a failure", run).isAfter(now);
        }
        if (command instanceof Take && decision.answer() == Answer.DONE) {
            assertThat(mayBegin((Queued) before)).as("run %d has waited", run).isTrue();
            assertThat(fence).isGreaterThan(fences.getOrDefault(run, 0));
        }
        fences.put(run, fence);
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
