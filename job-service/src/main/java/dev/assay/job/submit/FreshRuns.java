// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.submit;

import dev.assay.contracts.JobId;
import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.job.job.Jobs;
import dev.assay.job.run.RunChange;
import dev.assay.job.run.RunChanges;
import dev.assay.job.run.RunChanges.NewRun;
import dev.assay.job.run.Together;
import dev.assay.kit.signal.WorkSignal;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Queues runs that nobody has spoken of, of jobs that there are: of those that come at once, all in one transaction. It is what nearly every
 * submission is; of any other it says so.
 */
@Component
class FreshRuns {

    private final Jobs jobs;
    private final RunChanges runs;
    private final RunSpecs specs;
    private final TransactionOperations transaction;
    private final WorkSignal signal;
    private final Together<Fresh, RunChange> together = new Together<>(this::queue);

    FreshRuns(Jobs jobs, RunChanges runs, RunSpecs specs, TransactionOperations transaction, WorkSignal signal) {
        this.jobs = jobs;
        this.runs = runs;
        this.specs = specs;
        this.transaction = transaction;
        this.signal = signal;
    }

    /** What is to be written of a run. */
    record Fresh(JobId job, NewRun run, RunSpecs.Spec spec) {}

    /** Empty: the run or its job are others than that, or much is to be kept of it, or somebody else is busy with them. */
    Optional<RunChange> queue(Fresh fresh) {
        return fresh.spec().isLarge() ? Optional.empty() : together.ask(fresh.spec().run(), fresh);
    }

    private Map<RunId, RunChange> queue(Map<RunId, Fresh> asked) {
        return Objects.requireNonNull(transaction.execute(status -> {
            var open = jobs.holdOpen(asked.values().stream().map(Fresh::job).collect(Collectors.toSet()));
            var changes = runs.queueNew(ofTheirTeams(asked, open));
            if (!changes.isEmpty()) {
                specs.save(changes.keySet().stream().map(run -> Objects.requireNonNull(asked.get(run)).spec()).toList());
                signal.arrived();
            }
            return changes;
        }));
    }

    /** Those whose job is their team's. */
    private static Map<RunId, NewRun> ofTheirTeams(Map<RunId, Fresh> asked, Map<JobId, TeamId> open) {
        var own = new HashMap<RunId, NewRun>();
        asked.forEach((run, fresh) -> {
            if (fresh.run().team().equals(open.get(fresh.job()))) {
                own.put(run, fresh.run());
            }
        });
        return own;
    }
}
