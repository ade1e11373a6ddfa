// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.report;

import dev.assay.contracts.JobId;
import dev.assay.contracts.RunId;
import dev.assay.contracts.Uuids;
import dev.assay.job.job.Jobs;
import dev.assay.job.run.Decision.Answer;
import dev.assay.job.run.NestedRuns;
import dev.assay.job.run.RunChange;
import dev.assay.job.run.RunChanges;
import dev.assay.job.run.RunCommand.Enter;
import dev.assay.job.run.RunCommand.Exit;
import dev.assay.job.run.RunFacts;
import dev.assay.job.run.Told;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import dev.assay.kit.problem.Problem;
import dev.assay.kit.web.RunRef;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Takes down what clients tell, in whatever order it comes. */
@Service
class Reports {

    private final Jobs jobs;
    private final RunChanges runs;
    private final NestedRuns nested;
    private final TasksetNames tasksets;

    Reports(Jobs jobs, RunChanges runs, NestedRuns nested, TasksetNames tasksets) {
        this.jobs = jobs;
        this.runs = runs;
        this.nested = nested;
        this.tasksets = tasksets;
    }

    @Transactional
    public JobId jobEntered(String id, JobEntered told, Caller caller) {
        var job = new JobId(known("job_id", RunRef.ofJob("job_id", id), caller).id());
        if (told.group() != null && told.group() < 1) {
            throw Problem.badRequest("group", "must be at least 1");
        }
        var taskset = canonical(Told.name("taskset_id", told.tasksetId()));
        if (taskset != null && caller.role() == Role.RUN) {
            throw Problem.forbidden("taskset_id: what is begun inside a run is measured with no taskset.");
        }
        ensure(job, caller);
        jobs.describe(job, Told.name("name", told.name()), told.group(), taskset);
        if (taskset != null) {
            tasksets.resolveAfterCommit(job, caller.team(), taskset);
        }
        return job;
    }

    private void ensure(JobId job, Caller caller) {
        if (caller.role() == Role.RUN) {
            nested.ensureJob(job, caller);
        } else {
            jobs.ensure(job, caller);
        }
    }

    /**
     * With a run's key only what the client makes up itself, at random, is an id: texts are people's own words, and what stands for a text is
     * known to whoever knows the text.
     */
    private static RunRef known(String field, RunRef ref, Caller caller) {
        if (caller.role() == Role.RUN && (ref.raw() != null || ref.id().version() != 4)) {
            throw Problem.badRequest(field, "must be a random UUID (version 4)");
        }
        return ref;
    }

    private static @Nullable String canonical(@Nullable String taskset) {
        try {
            return taskset == null || taskset.isBlank() ? null : Uuids.parse(taskset).toString();
        } catch (IllegalArgumentException asTyped) {
            return taskset;
        }
    }

    @Transactional
    public RunChange runEntered(String id, RunEntered told, Caller caller) {
        var ref = known("trace_id", RunRef.ofRun("trace_id", id), caller);
        var run = new RunId(ref.id());
        var job = told.jobId() == null || told.jobId().isBlank()
                ? null
                : new JobId(known("job_id", RunRef.ofJob("job_id", told.jobId()), caller).id());
        if (job != null) {
            ensure(job, caller);
        }
        var parent = told.parentTraceId() == null || told.parentTraceId().isBlank()
                ? null
                : new RunId(RunRef.ofRun("parent_trace_id", told.parentTraceId()).id());
        var place = caller.role() == Role.RUN ? nested.begins(run, parent, caller) : null;
        var model = Told.name("model", told.model());
        var facts = new RunFacts(
                job,
                ref.raw(),
                place != null ? place.parent() : run.equals(parent) ? null : parent,
                Told.name("group_id", told.groupId()),
                Told.name("task_slug", told.taskSlug()),
                null,
                null,
                model == null || model.isBlank() || model.equals("unknown") ? null : model,
                null,
                null);
        var change = runs.tell(run, caller.team(), facts, new Enter());
        if (place != null) {
            nested.save(place);
        }
        return change;
    }

    @Transactional
    public RunChange runExited(String id, RunExited told, Caller caller) {
        var ref = RunRef.ofRun("trace_id", id);
        if (caller.role() == Role.RUN) {
            nested.requireOwn(new RunId(ref.id()), caller);
        }
        var facts = RunFacts.ofRef(ref.raw());
        var change = runs.tell(new RunId(ref.id()), caller.team(), facts, new Exit(told.ending()), told.result());
        if (change.answer() == Answer.REFUSED) {
            throw Problem.conflict("Run " + change.run().id() + " is driven by the platform: its worker tells its end.");
        }
        return change;
    }
}
