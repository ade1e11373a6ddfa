// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.job;

import dev.assay.contracts.JobId;
import dev.assay.kit.identity.Admits;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import dev.assay.kit.openapi.Refuses;
import dev.assay.kit.signal.WorkSignal;
import dev.assay.kit.web.RunRef;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

@RestController
@Admits(Role.MEMBER)
@Tag(name = "Jobs")
class PauseController {

    private final Jobs jobs;
    private final JobLists lists;
    private final WorkSignal signal;

    PauseController(Jobs jobs, JobLists lists, WorkSignal signal) {
        this.jobs = jobs;
        this.lists = lists;
        this.signal = signal;
    }

    @PostMapping("/v2/jobs/{job_id}/pause")
    @Refuses(status = 404, when = "There is no such job.")
    @Operation(
            summary = "Pause a job",
            description = "None of its queued runs is begun until it is resumed. Runs that have begun go on. A paused job stays as it is.")
    JobView pause(@Parameter(schema = @Schema(type = "string", maxLength = 200)) @PathVariable("job_id") String job, Caller caller) {
        var id = own(job, caller);
        jobs.pause(id);
        return lists.job(id, caller.team()).orElseThrow();
    }

    @PostMapping("/v2/jobs/{job_id}/resume")
    @Refuses(status = 404, when = "There is no such job.")
    @Operation(summary = "Resume a job", description = "Its queued runs are begun again. A job that is not paused stays as it is.")
    JobView resume(@Parameter(schema = @Schema(type = "string", maxLength = 200)) @PathVariable("job_id") String job, Caller caller) {
        var id = own(job, caller);
        jobs.resume(id);
        signal.arrived();
        return lists.job(id, caller.team()).orElseThrow();
    }

    private JobId own(String job, Caller caller) {
        var id = new JobId(RunRef.ofJob("job_id", job).id());
        jobs.requireOwn(id, caller.team());
        return id;
    }
}
