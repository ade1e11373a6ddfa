// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.run;

import dev.assay.contracts.RunId;
import dev.assay.job.run.Decision.Answer;
import dev.assay.job.run.FairOrder.Flow;
import dev.assay.job.run.RunCommand.Release;
import dev.assay.job.run.RunCommand.Sweep;
import dev.assay.job.run.RunCommand.Take;
import dev.assay.job.run.RunState.Queued;
import dev.assay.job.run.RunState.Terms;
import dev.assay.kit.signal.Dispatcher.Given;
import dev.assay.kit.signal.Dispatcher.Question;
import dev.assay.kit.signal.WorkSignal;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
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
    private final Turns turns;
    private final RunChanges changes;
    private final Rooms rooms;
    private final RunRules rules;
    private final RunMeters meters;
    private final WorkSignal signal;

    Queue(
            Runs runs, LeaseRows rows, Turns turns, RunChanges changes, Rooms rooms, RunSettings settings, RunMeters meters,
            WorkSignal signal) {
        this.runs = runs;
        this.rows = rows;
        this.turns = turns;
        this.changes = changes;
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
     * Gives queued runs to workers: held by now.
     *
     * @param terms on which each run is given
     */
    @Transactional
    public Given<Run> give(List<Question> questions, Function<List<RunId>, Map<RunId, Terms>> terms) {
        return turns.give(questions, new QueuedRuns(terms));
    }

    private final class QueuedRuns implements Turns.Kind<Run> {

        private final Function<List<RunId>, Map<RunId, Terms>> terms;

        QueuedRuns(Function<List<RunId>, Map<RunId, Terms>> terms) {
            this.terms = terms;
        }

        @Override
        public List<Run> lockGiven(Collection<String> workers, Collection<UUID> asks) {
            return rows.lockGiven(workers, asks);
        }

        @Override
        public RunState state(Run run) {
            return run.state();
        }

        @Override
        public String flows() {
            return Flows.WAITING;
        }

        @Override
        public Map<Run, Flow> lockQueued(Map<Flow, Integer> flows, Collection<Run> taken) {
            var locked = rows.lockQueued(flows, taken);
            locked.keySet().removeIf(Queue.this::endsIfLate);
            return locked;
        }

        @Override
        public UUID id(Run run) {
            return run.id().value();
        }

        @Override
        public Optional<Run> lockQueued(UUID id) {
            return rows.lockUnlessBusy(List.of(new RunId(id))).stream()
                    .filter(run -> run.state() instanceof Queued && !endsIfLate(run))
                    .findFirst();
        }

        @Override
        public Function<Run, Needs> needs(Collection<Run> runs) {
            var needs = rooms.needsOf(runs.stream().map(Run::id).toList());
            return run -> needs.getOrDefault(run.id(), Needs.NONE);
        }

        @Override
        public Map<Run, Question> take(Map<Run, Question> dealt) {
            var termsOf = terms.apply(dealt.keySet().stream().map(Run::id).toList());
            var taken = new LinkedHashMap<Run, Question>();
            var steps = new LinkedHashMap<Run, Optional<Transition>>();
            dealt.forEach((run, question) -> {
                if (run.startedAt() == null) {
                    meters.leased(Duration.between(run.createdAt(), run.readAt()));
                }
                var take = new Take(question.worker(), question.ask(), Objects.requireNonNull(termsOf.get(run.id())));
                var held = RunChanges.moved(run, run.facts(), rules.decide(run.state(), take, run.readAt()).next());
                steps.put(held, Optional.ofNullable(Transition.of(run.state(), take, held.state())));
                taken.put(held, question);
            });
            rows.write(steps);
            return taken;
        }
    }

    /** What is out of time by now is given to nobody, also if no sweep has found it yet. */
    private boolean endsIfLate(Run run) {
        return run.state() instanceof Queued queued
                && queued.endsBy() != null
                && changes.change(run, new Sweep()).answer() == Answer.DONE;
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
