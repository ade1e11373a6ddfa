// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.run;

import dev.assay.contracts.RunId;
import dev.assay.job.run.Decision.Answer;
import dev.assay.job.run.RunCommand.Sweep;
import dev.assay.job.run.RunCommand.Take;
import dev.assay.job.run.RunState.Terms;
import dev.assay.kit.problem.Problem;
import dev.assay.kit.signal.WorkSignal;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** Runs that wait for a worker, and runs whose worker or client has not been heard of for too long. */
@Component
public class Queue {

    private static final int BATCH = 200;

    private final Runs runs;
    private final RunChanges changes;
    private final Asks asks;
    private final RunRules rules;
    private final RunMeters meters;
    private final WorkSignal signal;

    Queue(Runs runs, RunChanges changes, Asks asks, RunSettings settings, RunMeters meters, WorkSignal signal) {
        this.runs = runs;
        this.changes = changes;
        this.asks = asks;
        this.rules = settings.rules();
        this.meters = meters;
        this.signal = signal;
    }

    /**
     * Gives the head of the queue to a worker, or what it was given when it asked the same before: its answer may have been lost.
     *
     * @throws Problem 409 if the question was taken back
     */
    @Transactional
    public Optional<Run> take(String worker, @Nullable UUID ask, Function<RunId, Terms> terms) {
        if (ask != null) {
            asks.hold(ask);
        }
        var given = ask == null ? Optional.<Run>empty() : runs.lockGiven(worker, ask);
        return given.or(() -> runs.lockNextQueued().map(run -> {
            if (run.startedAt() == null) {
                meters.leased(Duration.between(run.createdAt(), run.readAt()));
            }
            return changes.change(run, new Take(worker, ask, terms.apply(run.id()))).run();
        }));
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
