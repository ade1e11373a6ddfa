// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.run;

import dev.assay.contracts.RunId;
import dev.assay.job.run.Decision.Answer;
import dev.assay.job.run.RunCommand.Release;
import dev.assay.job.run.RunCommand.Sweep;
import dev.assay.job.run.RunCommand.Take;
import dev.assay.job.run.RunState.Held;
import dev.assay.job.run.RunState.Terms;
import dev.assay.kit.signal.Dispatcher.Question;
import dev.assay.kit.signal.WorkSignal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** Runs that wait for a worker, and runs whose worker or client has not been heard of for too long. */
@Component
public class Queue {

    private static final int BATCH = 200;

    /** Longer than a submission can be under way. */
    private static final Duration CANCELLED_AHEAD = Duration.ofDays(1);

    private final Runs runs;
    private final LeaseRows rows;
    private final Flows flows;
    private final RunChanges changes;
    private final Asks asks;
    private final Rooms rooms;
    private final RunRules rules;
    private final RunMeters meters;
    private final WorkSignal signal;

    Queue(
            Runs runs, LeaseRows rows, Flows flows, RunChanges changes, Asks asks, Rooms rooms, RunSettings settings,
            RunMeters meters, WorkSignal signal) {
        this.runs = runs;
        this.rows = rows;
        this.flows = flows;
        this.changes = changes;
        this.asks = asks;
        this.rooms = rooms;
        this.rules = settings.rules();
        this.meters = meters;
        this.signal = signal;
    }

    /** False: no run is queued, and none of these questions was answered or taken back before. */
    public boolean mayBeFor(List<Question> questions) {
        return rows.mayBeFor(questions.stream().map(Question::ask).toList());
    }

    /**
     * What a round gave to workers.
     *
     * @param runs held by now; a question that was asked before has what it was given then, and no more
     * @param more whether more may be queued for them
     */
    public record Given(Map<Question, List<Run>> runs, Set<UUID> withdrawn, boolean more) {}

    /**
     * Gives queued runs to workers, in fair order, and to each question in turn.
     *
     * @param terms on which each run is given
     */
    @Transactional
    public Given give(List<Question> questions, Function<List<RunId>, Map<RunId, Terms>> terms) {
        flows.lock();
        var withdrawn = asks.hold(questions.stream().map(Question::ask).toList());
        var given = given(questions);
        var more = false;
        for (var alike : alike(questions, question -> !withdrawn.contains(question.ask()) && !given.containsKey(question))) {
            more |= deal(alike, given, terms);
        }
        return new Given(given, withdrawn, more);
    }

    private Map<Question, List<Run>> given(List<Question> questions) {
        var held = rows.lockGiven(questions.stream().map(Question::worker).toList(), questions.stream().map(Question::ask).toList());
        var given = new HashMap<Question, List<Run>>();
        for (var question : questions) {
            var own = held.stream().filter(run -> isAnswer(run, question)).toList();
            if (!own.isEmpty()) {
                given.put(question, own);
            }
        }
        return given;
    }

    private static boolean isAnswer(Run run, Question question) {
        return run.state() instanceof Held held && held.worker().equals(question.worker()) && question.ask().equals(held.ask());
    }

    /** Questions of workers that have the same runtimes. */
    private static Collection<List<Question>> alike(List<Question> questions, Predicate<Question> which) {
        return questions.stream().filter(which).collect(Collectors.groupingBy(Question::kinds)).values();
    }

    private boolean deal(List<Question> questions, Map<Question, List<Run>> given, Function<List<RunId>, Map<RunId, Terms>> terms) {
        var wanted = questions.stream().mapToInt(Question::free).sum();
        var deal = new Deal(questions, rooms::of);
        take(questions.getFirst().kinds(), Math.min(wanted, BATCH), deal);
        var found = deal.answers();
        var termsOf = terms.apply(found.keySet().stream().map(Run::id).toList());
        var steps = new LinkedHashMap<Run, Optional<Transition>>();
        found.forEach((run, question) -> {
            if (run.startedAt() == null) {
                meters.leased(Duration.between(run.createdAt(), run.readAt()));
            }
            var take = new Take(question.worker(), question.ask(), Objects.requireNonNull(termsOf.get(run.id())));
            var held = RunChanges.moved(run, run.facts(), rules.decide(run.state(), take, run.readAt()).next());
            steps.put(held, Optional.ofNullable(Transition.of(run.state(), take, held.state())));
            given.computeIfAbsent(question, key -> new ArrayList<>()).add(held);
        });
        if (!steps.isEmpty()) {
            rows.write(steps);
        }
        return found.size() == BATCH && wanted > BATCH;
    }

    /**
     * Deals so many of those that wait, locked. What is found to be somebody else's just now, or gone, leaves its place to the next; so does
     * one that no worker that asks has room for, and with it what is behind it in its flow.
     */
    private void take(Set<String> runtimes, int wanted, Deal deal) {
        var order = flows.order(runtimes);
        var seen = new ArrayList<Run>();
        for (var picked = order.pick(wanted); !picked.isEmpty(); picked = order.pick(wanted - deal.answers().size())) {
            var locked = rows.lockQueued(picked, seen);
            seen.addAll(locked.keySet());
            var left = deal.offer(locked.keySet(), rooms.needsOf(locked.keySet().stream().map(Run::id).toList()));
            var counts = new HashMap<FairOrder.Flow, Integer>();
            locked.values().forEach(flow -> counts.merge(flow, 1, Integer::sum));
            left.forEach(run -> counts.merge(Objects.requireNonNull(locked.get(run)), -1, Integer::sum));
            picked.forEach((flow, many) -> {
                var missing = many - counts.getOrDefault(flow, 0);
                if (missing > 0) {
                    order.hadFewer(flow, missing);
                }
            });
        }
        if (!deal.answers().isEmpty()) {
            flows.given(order.given());
        }
    }

    /** What the worker was given in answer to that question goes back to the queue, and has lost nothing. */
    @Transactional
    public void giveBack(String worker, UUID ask) {
        for (var run : rows.lockGiven(List.of(worker), List.of(ask))) {
            changes.change(run, new Release(worker, run.state().numbers().fence(), null));
        }
    }

    /**
     * Queues again, or ends, what workers have lost.
     *
     * @return how many; as many as fit into one transaction
     */
    @Transactional
    public int sweepLeases() {
        var swept = sweep(runs.lockRunOut(rules.deadlineGrace(), BATCH));
        if (swept > 0) {
            signal.arrived();
        }
        return swept;
    }

    /** Ends what has waited for longer than its rollout may take. */
    @Transactional
    public int sweepLate() {
        return sweep(runs.lockLateInQueue(BATCH));
    }

    /** Forgets cancellations whose run never came. */
    @Transactional
    public int forgetCancelledAhead() {
        return runs.forgetCancelledAhead(CANCELLED_AHEAD, BATCH);
    }

    /** Ends what clients have abandoned. */
    @Transactional
    public int sweepSilent() {
        return sweep(runs.lockSilent(rules.silence(), BATCH));
    }

    private int sweep(List<Run> found) {
        var swept = 0;
        for (var run : found) {
            if (changes.change(run, new Sweep()).answer() == Answer.DONE) {
                swept++;
            }
        }
        return swept;
    }
}
