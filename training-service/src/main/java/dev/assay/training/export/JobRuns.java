// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.export;

import dev.assay.contracts.JobId;
import dev.assay.contracts.TeamId;
import dev.assay.kit.problem.Problem;
import dev.assay.kit.rest.RunsOfJobs;
import java.util.ArrayList;
import java.util.List;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** All runs of a job, a line for each: what they were worth is known before the first row is written, since advantages need it. */
@Component
class JobRuns {

    /** Lines are held in memory, a few hundred bytes each. */
    private static final int MOST = 100_000;

    private final RunsOfJobs runs;
    private final JsonMapper json;

    JobRuns(RunsOfJobs runs, JsonMapper json) {
        this.runs = runs;
        this.json = json;
    }

    /**
     * In the order in which they came.
     *
     * @throws Problem 404 if the team has no such job; 422 if it has too many runs; 503
     */
    List<JobRun> of(JobId job, TeamId team) {
        var all = new ArrayList<JobRun>();
        for (var pages = runs.of(job, team); pages.hasNext(); ) {
            var page = pages.next();
            if (page.total() > MOST) {
                throw Problem.unprocessable(
                        "Job " + job + " has " + page.total() + " runs, and at most " + MOST + " are exported at once.");
            }
            page.items().forEach(run -> all.add(json.treeToValue(run, JobRun.class)));
        }
        return all.reversed();
    }
}
