// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.run;

import dev.assay.contracts.JobId;
import dev.assay.contracts.RunId;
import java.util.List;
import org.springframework.stereotype.Component;

/** What the platform still has to do. */
@Component
public class LiveRuns {

    private final Runs runs;

    LiveRuns(Runs runs) {
        this.runs = runs;
    }

    /** The job's runs that are queued or held, and not yet being cancelled. */
    public List<RunId> of(JobId job) {
        return runs.liveIn(job);
    }
}
