// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.cancel;

import dev.assay.contracts.JobId;
import dev.assay.contracts.RunId;
import dev.assay.contracts.UserId;
import dev.assay.job.job.Jobs;
import dev.assay.job.run.Decision.Answer;
import dev.assay.job.run.LiveRuns;
import dev.assay.job.run.RunChanges;
import dev.assay.job.run.RunCommand.Cancel;
import dev.assay.job.run.RunFacts;
import dev.assay.job.session.Sessions;
import dev.assay.kit.identity.Caller;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionTemplate;

/** Stops runs: those in the queue at once, those that workers hold as soon as the worker has cleaned up. */
@Service
class Cancellations {

    private final RunChanges runs;
    private final LiveRuns live;
    private final Jobs jobs;
    private final Sessions sessions;
    private final TransactionTemplate transactions;

    Cancellations(RunChanges runs, LiveRuns live, Jobs jobs, Sessions sessions, TransactionTemplate transactions) {
        this.runs = runs;
        this.live = live;
        this.jobs = jobs;
        this.sessions = sessions;
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
                status -> runs.tell(run, caller.team(), RunFacts.NONE, new Cancel(caller.user())).answer() == Answer.DONE));
    }

    /** Cancels what is left of a job, some at a time: a job may hold very many runs. What is submitted to it later is cancelled, too. */
    Cancelled cancelJob(JobId job, Caller caller) {
        jobs.requireOwn(job, caller.team());
        transactions.executeWithoutResult(status -> jobs.cancel(job, caller.user()));
        return cancelLive(job, caller.user());
    }

    private Cancelled cancelLive(JobId job, UserId user) {
        var cancelled = 0;
        for (var some = live.cancelSome(job, user); some > 0; some = live.cancelSome(job, user)) {
            cancelled += some;
        }
        return new Cancelled(job, cancelled);
    }

    /** Ends the caller's own sessions, and tells how many there were. */
    int endOwnSessions(Caller caller) {
        return sessions.endAllOf(caller.team(), caller.user());
    }

    /** Cancels what is left of the caller's own jobs, and what is submitted to them later. Tells of those in which there was something to cancel. */
    List<Cancelled> cancelOwn(Caller caller) {
        transactions.executeWithoutResult(status -> jobs.cancelAllOf(caller.team(), caller.user()));
        return jobs.liveOf(caller.team(), caller.user()).stream()
                .map(job -> cancelLive(job, caller.user()))
                .filter(cancelled -> cancelled.runs() > 0)
                .toList();
    }
}
