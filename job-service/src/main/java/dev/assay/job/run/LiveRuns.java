// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.run;

import dev.assay.contracts.JobId;
import dev.assay.contracts.UserId;
import dev.assay.job.run.RunCommand.Cancel;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** What the platform still has to do. */
@Component
public class LiveRuns {

    private static final int BATCH = 200;

    private final Runs runs;
    private final RunChanges changes;

    LiveRuns(Runs runs, RunChanges changes) {
        this.runs = runs;
        this.changes = changes;
    }

    /**
     * Cancels runs of a job that are queued or held.
     *
     * @return how many; as many as fit into one transaction, 0 if none is left
     */
    @Transactional
    public int cancelSome(JobId job, UserId user) {
        var live = runs.lockLive(job, BATCH);
        live.forEach(run -> changes.change(run, new Cancel(user)));
        return live.size();
    }
}
