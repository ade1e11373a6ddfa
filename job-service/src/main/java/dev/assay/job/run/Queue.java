// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.run;

import dev.assay.contracts.RunId;
import dev.assay.job.run.Decision.Answer;
import dev.assay.job.run.RunCommand.Sweep;
import dev.assay.job.run.RunCommand.Take;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** Runs that wait for a worker, and runs whose worker or client has not been heard of for too long. */
@Component
public class Queue {

    private static final int BATCH = 200;

    private final Runs runs;
    private final RunChanges changes;
    private final RunRules rules;
    private final RunMeters meters;
    private final WorkSignal signal;
    private final Clock clock;

    Queue(Runs runs, RunChanges changes, RunSettings settings, RunMeters meters, WorkSignal signal, Clock clock) {
        this.runs = runs;
        this.changes = changes;
        this.rules = settings.rules();
        this.meters = meters;
        this.signal = signal;
        this.clock = clock;
    }

    /** Gives the head of the queue to a worker. No other worker gets it while the lease holds. */
    @Transactional
    public Optional<Run> take(String worker, Function<RunId, Duration> timeout) {
        return runs.lockNextQueued().map(run -> {
            var taken = changes.change(run, new Take(worker, timeout.apply(run.id()))).run();
            if (run.startedAt() == null) {
                meters.leased(Duration.between(run.createdAt(), clock.instant()));
            }
            return taken;
        });
    }

    /**
     * Queues again, or ends, what workers have lost.
     *
     * @return how many; as many as fit into one transaction
     */
    @Transactional
    public int sweepLeases() {
        var now = clock.instant();
        var swept = sweep(runs.lockRunOut(now, now.minus(rules.deadlineGrace()), BATCH));
        if (swept > 0) {
            signal.afterCommit();
        }
        return swept;
    }

    /** Ends what clients have abandoned. */
    @Transactional
    public int sweepSilent() {
        return sweep(runs.lockSilent(clock.instant().minus(rules.silence()), BATCH));
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
