// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.run;

import dev.assay.contracts.JobId;
import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.contracts.UserId;
import dev.assay.job.run.RunCommand.Rerun;
import dev.assay.kit.problem.Problem;
import java.time.Instant;
import java.util.List;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** Hosted runs that are over without a grade: failed, cancelled, or ungraded. */
@Component
public class UnscoredRuns {

    private static final int BATCH = 200;

    private final Runs runs;
    private final RunChanges changes;

    UnscoredRuns(Runs runs, RunChanges changes) {
        this.runs = runs;
        this.changes = changes;
    }

    /** By the database, as the ends of runs are. */
    @Transactional(propagation = Propagation.SUPPORTS, readOnly = true)
    public Instant now() {
        return runs.now();
    }

    /**
     * Queues runs of a job again. One at a time: who comes second sees what the first has left. Once the job is cancelled, none.
     *
     * @param endedBy those that ended later are left alone: they may have been run again already
     * @return how many; as many as fit into one transaction, 0 if none is left
     */
    @Transactional
    public int rerunSome(JobId job, Instant endedBy, UserId user) {
        var unscored = runs.lockUncancelled(job) ? runs.lockUnscored(job, endedBy, BATCH) : List.<Run>of();
        unscored.forEach(run -> changes.change(run, new Rerun(user)));
        runs.restartTime(unscored.stream().map(Run::id).toList());
        return unscored.size();
    }

    /**
     * Queues a run again.
     *
     * @return false if it is not over, has a grade, or was driven by its client
     * @throws Problem 404 if the team has no such run
     */
    @Transactional
    public boolean rerun(RunId id, TeamId team, UserId user) {
        runs.find(id).filter(run -> run.team().equals(team)).orElseThrow(() -> Problem.notFound("There is no run " + id + "."));
        var unscored = runs.lockUnscored(id);
        unscored.ifPresent(run -> {
            changes.change(run, new Rerun(user));
            runs.restartTime(List.of(run.id()));
        });
        return unscored.isPresent();
    }
}
