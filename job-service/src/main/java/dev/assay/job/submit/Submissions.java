// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.submit;

import dev.assay.contracts.VersionId;
import dev.assay.job.job.Jobs;
import dev.assay.job.run.Decision.Answer;
import dev.assay.job.run.RunChange;
import dev.assay.job.run.RunChanges;
import dev.assay.job.run.RunCommand.Submit;
import dev.assay.job.run.RunFacts;
import dev.assay.job.run.RunSettings;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.problem.Problem;
import dev.assay.kit.signal.WorkSignal;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Accepts runs: when this returns, the run is in the queue and readable, whatever dies next. */
@Service
class Submissions {

    private final Jobs jobs;
    private final RunChanges runs;
    private final RunSpecs specs;
    private final RunSettings settings;
    private final WorkSignal signal;

    Submissions(Jobs jobs, RunChanges runs, RunSpecs specs, RunSettings settings, WorkSignal signal) {
        this.jobs = jobs;
        this.runs = runs;
        this.specs = specs;
        this.settings = settings;
        this.signal = signal;
    }

    /** What a submission's environments stand for; null while nobody can say. */
    record Versions(EnvironmentCheck.@Nullable Deployed environment, @Nullable VersionId verifier) {}

    @Transactional
    public RunChange accept(SubmitRequest.Checked asked, Versions versions, Caller caller) {
        var environment = versions.environment();
        var timeout = timeout(asked, environment);
        if (timeout.compareTo(settings.run().longest()) > 0) {
            throw Problem.badRequest(
                    "runtime_config.limits.run_timeout_s",
                    "no run may take more than " + settings.run().longest().toSeconds() + " seconds here");
        }
        jobs.ensure(asked.job(), caller);
        var cancelled = jobs.isCancelled(asked.job());
        var facts = new RunFacts(
                asked.job(),
                null,
                asked.parent(),
                asked.groupId(),
                asked.slug(),
                asked.environment(),
                asked.task(),
                asked.model(),
                asked.agentType(),
                environment == null ? null : environment.number());
        var change = runs.tell(asked.run(), caller.team(), facts, new Submit(cancelled));
        if (change.answer() == Answer.REFUSED) {
            throw Problem.conflict("trace_id: run " + asked.run() + " is one that a client drives itself.");
        }
        if (change.answer() == Answer.DONE) { // told again, it is not judged by what is deployed by now
            var runtime = Placement.check(environment == null ? null : environment.runtimeConfig(), asked.runtimeConfig());
            specs.save(asked, runtime, timeout, environment == null ? null : environment.version(), versions.verifier());
            signal.arrived();
        }
        return change;
    }

    /** The run's own, or its environment's, which nobody need know to submit a run: more than any run may take is cut to that. */
    private Duration timeout(SubmitRequest.Checked asked, EnvironmentCheck.@Nullable Deployed environment) {
        if (asked.timeout() != null) {
            return asked.timeout();
        }
        var usual = environment == null || environment.runTimeout() == null ? settings.run().timeout() : environment.runTimeout();
        return usual.compareTo(settings.run().longest()) > 0 ? settings.run().longest() : usual;
    }
}
