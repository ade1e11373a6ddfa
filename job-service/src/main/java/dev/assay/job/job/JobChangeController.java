// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.job;

import com.fasterxml.jackson.annotation.JsonAnySetter;
import dev.assay.contracts.JobId;
import dev.assay.job.run.Retries;
import dev.assay.job.run.Told;
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
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

@RestController
@Admits(Role.MEMBER)
@Tag(name = "Jobs")
class JobChangeController {

    private static final int MOST_CHANGES = 500;

    /** What of a job is to be another from now on. */
    @Schema(example = "{\"max_concurrent\": 4}", additionalProperties = Schema.AdditionalPropertiesValue.FALSE)
    @JsonNaming(SnakeCaseStrategy.class)
    record JobPatch(
            @Schema(type = "integer", minimum = "-1000", maximum = "1000", description = "Left out, or null: it stays.") @Nullable JsonNode priority,
            @Schema(
                            type = "integer",
                            minimum = "1",
                            nullable = true,
                            description = "Left out: it stays. null: as many of its runs at once as there are places for.")
                    @Nullable JsonNode maxConcurrent,
            @Schema(
                            type = "object",
                            nullable = true,
                            description = "Which failures of its runs are followed by another attempt, and how often, as in a submission: of kinds that a "
                                    + "run does not name itself. Left out: it stays. null: the platform's own.",
                            example = "{\"infrastructure\": 5, \"model\": 1}")
                    @Nullable JsonNode retry,
            @Schema(hidden = true) @JsonAnySetter @Nullable Map<String, JsonNode> others) {}

    private final Jobs jobs;
    private final JobChanges changes;
    private final JobLists lists;
    private final WorkSignal signal;

    JobChangeController(Jobs jobs, JobChanges changes, JobLists lists, WorkSignal signal) {
        this.jobs = jobs;
        this.changes = changes;
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
        jobs.pause(id, caller.user());
        return lists.job(id, caller.team()).orElseThrow();
    }

    @PostMapping("/v2/jobs/{job_id}/resume")
    @Refuses(status = 404, when = "There is no such job.")
    @Operation(summary = "Resume a job", description = "Its queued runs are begun again. A job that is not paused stays as it is.")
    JobView resume(@Parameter(schema = @Schema(type = "string", maxLength = 200)) @PathVariable("job_id") String job, Caller caller) {
        var id = own(job, caller);
        jobs.resume(id, caller.user());
        signal.arrived();
        return lists.job(id, caller.team()).orElseThrow();
    }

    @PatchMapping("/v2/jobs/{job_id}")
    @Refuses(status = 404, when = "There is no such job.")
    @Operation(
            summary = "Change how a job's runs are given out and tried again",
            description = "From now on, also of a job that a client began. Runs that have begun go on, also if they are more than may be then; "
                    + "`retry` is of attempts that begin from now on.")
    JobView change(
            @Parameter(schema = @Schema(type = "string", maxLength = 200)) @PathVariable("job_id") String job, @RequestBody JobPatch patch,
            Caller caller) {
        var id = own(job, caller);
        Told.noOthers("", patch.others());
        var priority = whole("priority", patch.priority(), -1000, 1000);
        var most = whole("max_concurrent", patch.maxConcurrent(), 1, Integer.MAX_VALUE);
        var retry = patch.retry() == null ? null : Retries.told("retry", patch.retry());
        changes.change(id, caller.user(), priority, patch.maxConcurrent() != null, most, retry);
        signal.arrived();
        return lists.job(id, caller.team()).orElseThrow();
    }

    /** What was done with a job. */
    record ChangesOfJob(
            @Schema(description = "The latest first, at most 500.") List<JobChanges.JobChange> items,
            @Schema(description = "Ask with this as `before` for the next page; null: this was the last.") @Nullable Long next) {}

    @Admits(Role.VIEWER)
    @GetMapping("/v2/jobs/{job_id}/changes")
    @Refuses(status = 404, when = "There is no such job.")
    @Operation(summary = "Read what was done with a job", description = "Who paused, resumed, limited, cancelled or reopened it, and when.")
    ChangesOfJob changes(
            @Parameter(schema = @Schema(type = "string", maxLength = 200)) @PathVariable("job_id") String job,
            @Parameter(description = "A page's `next`.", schema = @Schema(type = "integer", format = "int64", minimum = "0"))
                    @RequestParam(required = false)
                    @Nullable Long before,
            Caller caller) {
        var items = changes.of(own(job, caller), before == null ? Long.MAX_VALUE : before, MOST_CHANGES);
        return new ChangesOfJob(items, items.size() < MOST_CHANGES ? null : items.getLast().seq());
    }

    private static @Nullable Integer whole(String field, @Nullable JsonNode told, int least, int most) {
        return told == null || told.isNull() ? null : Told.whole(field, told, least, most);
    }

    private JobId own(String job, Caller caller) {
        var id = new JobId(RunRef.ofJob("job_id", job).id());
        jobs.requireOwn(id, caller.team());
        return id;
    }
}
