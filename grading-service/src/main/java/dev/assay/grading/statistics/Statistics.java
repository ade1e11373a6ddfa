// SPDX-License-Identifier: Apache-2.0

package dev.assay.grading.statistics;

import dev.assay.contracts.JobId;
import dev.assay.contracts.TeamId;
import dev.assay.grading.statistics.JobStatistics.Ends;
import dev.assay.grading.statistics.KnownJobs.KnownJob;
import dev.assay.grading.statistics.StatisticsRows.Sums;
import dev.assay.kit.problem.Problem;
import java.util.List;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Isolation;
import org.springframework.transaction.annotation.Transactional;

/** Reads what statistics are made of, all of one moment. */
@Component
class Statistics {

    /** They are held in memory while two jobs are compared. */
    private static final int MOST_TASKS = 50_000;

    /** Who passed is not told where jobs are compared. */
    private static final double PASSES_AT = 1;

    private final StatisticsRows rows;

    Statistics(StatisticsRows rows) {
        this.rows = rows;
    }

    /** A job's grades, added up. */
    record Added(Ends ends, Sums sums, PassRates passed, Times times) {}

    @Transactional(readOnly = true, isolation = Isolation.REPEATABLE_READ)
    public Added of(TeamId team, JobId job, double passesAt) {
        return new Added(
                new Ends(rows.ends(team, job)), rows.sums(team, job), PassRates.of(passesAt, rows.tallies(team, job, passesAt)),
                rows.times(team, job));
    }

    /** A job with its tasks, by their keys. */
    record Tasks(KnownJob job, Ends ends, Estimate mean, List<TaskResult> tasks) {

        boolean isComplete() {
            return ends.areAllOf(job);
        }
    }

    /** @throws Problem 422 if they are too many to be compared */
    @Transactional(readOnly = true, isolation = Isolation.REPEATABLE_READ)
    public Tasks tasks(TeamId team, KnownJob job) {
        var tasks = rows.tasks(team, job.id(), PASSES_AT, "", MOST_TASKS + 1);
        if (tasks.size() > MOST_TASKS) {
            throw Problem.unprocessable("Job " + job.id() + " has more than " + MOST_TASKS + " tasks: too many to be compared.");
        }
        return new Tasks(job, new Ends(rows.ends(team, job.id())), Estimate.of(rows.sums(team, job.id()).sample()), tasks);
    }
}
