// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.submit;

import dev.assay.contracts.JobId;
import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.job.job.Jobs;
import dev.assay.job.run.RunChange;
import dev.assay.job.run.RunChanges;
import dev.assay.job.run.RunFacts;
import dev.assay.job.run.Together;
import dev.assay.kit.signal.WorkSignal;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
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
    record Fresh(TeamId team, RunFacts facts, RunSpecs.Spec spec) {

        JobId job() {
            return spec.asked().job();
        }
    }

    /** Empty: nothing was written. The run or its job are others than that, or somebody else is busy with them. */
    Optional<RunChange> queue(RunId run, Fresh fresh) {
        return together.ask(run, fresh);
    }

    private Map<RunId, RunChange> queue(Map<RunId, Fresh> asked) {
        return Objects.requireNonNull(transaction.execute(status -> {
            var changes = new HashMap<RunId, RunChange>();
            var open = jobs.holdOpen(asked.values().stream().map(Fresh::job).collect(Collectors.toSet()));
            byTeam(asked, open).forEach((team, facts) -> changes.putAll(runs.queueNew(facts, team)));
            if (!changes.isEmpty()) {
                specs.save(specs(asked, changes));
                signal.arrived();
            }
            return changes;
        }));
    }

    /** Those whose job is their team's. */
    private static Map<TeamId, Map<RunId, RunFacts>> byTeam(Map<RunId, Fresh> asked, Map<JobId, TeamId> open) {
        var teams = new LinkedHashMap<TeamId, Map<RunId, RunFacts>>();
        asked.forEach((run, fresh) -> {
            if (fresh.team().equals(open.get(fresh.job()))) {
                teams.computeIfAbsent(fresh.team(), team -> new LinkedHashMap<>()).put(run, fresh.facts());
            }
        });
        return teams;
    }

    private static Collection<RunSpecs.Spec> specs(Map<RunId, Fresh> asked, Map<RunId, RunChange> made) {
        return asked.entrySet().stream()
                .filter(one -> made.containsKey(one.getKey()))
                .map(one -> one.getValue().spec())
                .toList();
    }
}
