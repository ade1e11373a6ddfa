// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.cancel;

import dev.assay.contracts.JobId;
import dev.assay.contracts.RunId;
import dev.assay.job.job.Jobs;
import dev.assay.job.run.Decision.Answer;
import dev.assay.job.run.LiveRuns;
import dev.assay.job.run.RunChanges;
import dev.assay.job.run.RunCommand.Cancel;
import dev.assay.job.run.RunFacts;
import dev.assay.kit.identity.Caller;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.PessimisticLockingFailureException;
import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionTemplate;

/** Stops runs: those in the queue at once, those that workers hold as soon as the worker has cleaned up. */
@Service
class Cancellations {

    private static final int BATCH = 200;
    private static final int TRIES = 5;

    private final RunChanges runs;
    private final LiveRuns live;
    private final Jobs jobs;
    private final TransactionTemplate transactions;

    Cancellations(RunChanges runs, LiveRuns live, Jobs jobs, TransactionTemplate transactions) {
        this.runs = runs;
        this.live = live;
        this.jobs = jobs;
        this.transactions = transactions;
    }

    /** What became of a job. */
    record Cancelled(JobId job, int runs) {}

    /**
     * Cancels one run. A run that nobody knows is remembered, for its submission may be under way.
     *
     * @return whether there was anything to cancel
     */
    boolean cancelRun(RunId run, @Nullable JobId job, Caller caller) {
        if (job != null) {
            jobs.refuseForeign(job, caller.team());
        }
        return Objects.requireNonNull(transactions.execute(
                status -> runs.tell(run, caller.team(), RunFacts.NONE, new Cancel()).answer() == Answer.DONE));
    }

    /** Cancels what is left of a job, a batch at a time: a job may hold very many runs. What is submitted to it later is cancelled, too. */
    Cancelled cancelJob(JobId job, Caller caller) {
        jobs.requireOwn(job, caller.team());
        transactions.executeWithoutResult(status -> jobs.cancel(job));
        var left = live.of(job);
        var cancelled = 0;
        for (var from = 0; from < left.size(); from += BATCH) {
            var batch = left.subList(from, Math.min(from + BATCH, left.size()));
            cancelled += cancelTogether(batch, caller);
        }
        return new Cancelled(job, cancelled);
    }

    /** Counts of groups are locked in the order of their runs, which is not everybody's: who waits in a circle begins again. */
    private int cancelTogether(List<RunId> batch, Caller caller) {
        for (var again = 1; ; again++) {
            try {
                return Objects.requireNonNull(transactions.execute(status -> cancelAll(batch, caller)));
            } catch (PessimisticLockingFailureException e) {
                if (again == TRIES) {
                    throw e;
                }
            }
        }
    }

    private int cancelAll(List<RunId> batch, Caller caller) {
        var cancelled = 0;
        // in one order for all, so that two who cancel the same job do not wait for each other in a circle
        for (var run : batch.stream().sorted((one, other) -> one.value().compareTo(other.value())).toList()) {
            if (runs.tell(run, caller.team(), RunFacts.NONE, new Cancel()).answer() == Answer.DONE) {
                cancelled++;
            }
        }
        return cancelled;
    }

    /** Cancels what is left of the caller's own jobs. */
    List<Cancelled> cancelOwn(Caller caller) {
        return jobs.liveOf(caller.team(), caller.user()).stream()
                .map(job -> cancelJob(job, caller))
                .filter(cancelled -> cancelled.runs() > 0)
                .toList();
    }
}
