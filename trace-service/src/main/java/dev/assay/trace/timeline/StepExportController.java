// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.timeline;

import dev.assay.contracts.JobId;
import dev.assay.contracts.RunId;
import dev.assay.kit.identity.Admits;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import dev.assay.kit.openapi.Refuses;
import dev.assay.kit.rest.RunsOfJobs;
import dev.assay.kit.rows.AnswersRows;
import dev.assay.kit.rows.RowAnswer;
import dev.assay.kit.web.RunRef;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.json.JsonMapper;

@RestController
@Admits(Role.VIEWER)
@Tag(name = "traces")
class StepExportController {

    private static final String ROWS = "an entry of the timeline to a line, as `/timeline` tells it, with `run_id`, `job_id` and `attempts` (how often it was begun; the latest is told). "
            + "Where something is not there `missing` says what: steps that were deleted, have not come, or are still to come; an entry that is too large to be told has "
            + "`omitted_bytes`, one whose content was deleted `removed`. With `format=parquet` a table: what most entries have in columns, and the whole entry as JSON in `entry`. "
            + "An answer that breaks off is not whole.";

    private final RunsOfJobs runs;
    private final Timeline timeline;
    private final ExportedSteps steps;
    private final JsonMapper json;

    StepExportController(RunsOfJobs runs, Timeline timeline, ExportedSteps steps, JsonMapper json) {
        this.runs = runs;
        this.timeline = timeline;
        this.steps = steps;
        this.json = json;
    }

    @GetMapping("/v2/jobs/{job_id}/steps/export")
    @Refuses(status = 404, when = "There is no such job.")
    @Refuses(status = 503, when = "The job cannot be looked up just now.")
    @AnswersRows
    @Operation(
            summary = "Export the steps of a job's runs",
            description = "Run after run, the newest first: " + ROWS)
    void ofJob(
            Caller caller,
            @Parameter(schema = @Schema(type = "string", maxLength = 200)) @PathVariable("job_id") String job,
            @Parameter(schema = @Schema(type = "string", allowableValues = {"jsonl", "parquet"}))
                    @RequestParam(defaultValue = "jsonl")
                    String format,
            HttpServletRequest request,
            HttpServletResponse response)
            throws IOException {
        var parquet = RowAnswer.isParquet("format", format);
        var id = new JobId(RunRef.ofJob("job_id", job).id());
        var pages = runs.of(id, caller.team());
        new RowAnswer(request, response, json).write(parquet, id + ".steps", ExportedSteps::columns,
                rows -> steps.write(id, caller.team(), pages, parquet ? ExportedSteps.asTable(rows) : rows));
    }

    @GetMapping("/v2/trace/{id}/steps/export")
    @AnswersRows
    @Operation(
            summary = "Export a run's steps",
            description = "In the order of its timeline: " + ROWS)
    void ofRun(
            Caller caller,
            @PathVariable String id,
            @Parameter(schema = @Schema(type = "string", allowableValues = {"jsonl", "parquet"}))
                    @RequestParam(defaultValue = "jsonl")
                    String format,
            HttpServletRequest request,
            HttpServletResponse response)
            throws IOException {
        var parquet = RowAnswer.isParquet("format", format);
        var run = new RunId(RunRef.ofRun("id", id).id());
        var told = timeline.of(run, caller.team());
        new RowAnswer(request, response, json).write(parquet, run + ".steps", ExportedSteps::columns,
                rows -> steps.write(run, told.run() == null ? null : told.run().job(), told, parquet ? ExportedSteps.asTable(rows) : rows));
    }
}
