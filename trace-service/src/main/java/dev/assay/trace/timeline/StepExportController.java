// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.timeline;

import dev.assay.contracts.JobId;
import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.kit.identity.Admits;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import dev.assay.kit.openapi.Refuses;
import dev.assay.kit.problem.Problem;
import dev.assay.kit.rest.RunsOfJobs;
import dev.assay.kit.rows.AnswersRows;
import dev.assay.kit.rows.RowAnswer;
import dev.assay.kit.rows.RowSink;
import dev.assay.kit.web.RunRef;
import dev.assay.trace.timeline.Timeline.Told;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
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
            + "With `format=otlp` spans instead, by OpenTelemetry's conventions for generative AI: each line is an export that `/v1/traces` of "
            + "any collector takes as JSON, and what is not there `assay.missing` of a run's own span says. An answer that breaks off is not whole.";

    private enum Format {
        JSONL,
        PARQUET,
        OTLP;

        /** @throws Problem 400 */
        static Format of(String name) {
            return switch (name) {
                case "jsonl" -> JSONL;
                case "parquet" -> PARQUET;
                case "otlp" -> OTLP;
                default -> throw Problem.badRequest("format", "must be jsonl, parquet or otlp, not '" + name + "'");
            };
        }
    }

    private final RunsOfJobs runs;
    private final Timeline timeline;
    private final ExportedSteps steps;
    private final ExportedSpans spans;
    private final JsonMapper json;

    StepExportController(RunsOfJobs runs, Timeline timeline, ExportedSteps steps, ExportedSpans spans, JsonMapper json) {
        this.runs = runs;
        this.timeline = timeline;
        this.steps = steps;
        this.spans = spans;
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
            @Parameter(schema = @Schema(type = "string", allowableValues = {"jsonl", "parquet", "otlp"}))
                    @RequestParam(defaultValue = "jsonl")
                    String format,
            HttpServletRequest request,
            HttpServletResponse response)
            throws IOException {
        var wanted = Format.of(format);
        var id = new JobId(RunRef.ofJob("job_id", job).id());
        var pages = runs.of(id, caller.team());
        write(wanted, id.toString(), request, response, rows -> timeline.each(pages, caller.team(), (run, told) -> write(wanted, run, caller.team(), id, told, rows)));
    }

    @GetMapping("/v2/trace/{id}/steps/export")
    @AnswersRows
    @Operation(
            summary = "Export a run's steps",
            description = "In the order of its timeline: " + ROWS)
    void ofRun(
            Caller caller,
            @PathVariable String id,
            @Parameter(schema = @Schema(type = "string", allowableValues = {"jsonl", "parquet", "otlp"}))
                    @RequestParam(defaultValue = "jsonl")
                    String format,
            HttpServletRequest request,
            HttpServletResponse response)
            throws IOException {
        var wanted = Format.of(format);
        var run = new RunId(RunRef.ofRun("id", id).id());
        var told = timeline.of(run, caller.team());
        var job = told.run() == null ? null : told.run().job();
        write(wanted, run.toString(), request, response, rows -> write(wanted, run, caller.team(), job, told, rows));
    }

    private void write(Format format, String of, HttpServletRequest request, HttpServletResponse response, RowAnswer.Writing writing) throws IOException {
        var parquet = format == Format.PARQUET;
        new RowAnswer(request, response, json).write(parquet, of + (format == Format.OTLP ? ".otlp" : ".steps"), ExportedSteps::columns,
                rows -> writing.to(parquet ? ExportedSteps.asTable(rows) : rows));
    }

    private void write(Format format, RunId run, TeamId team, @Nullable JobId job, @Nullable Told told, RowSink rows) throws IOException {
        if (format == Format.OTLP) {
            spans.write(run, team, job, told, rows);
        } else {
            steps.write(run, job, told, rows);
        }
    }
}
