// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.export;

import dev.assay.contracts.JobId;
import dev.assay.job.job.Jobs;
import dev.assay.kit.identity.Admits;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import dev.assay.kit.openapi.Refuses;
import dev.assay.kit.rows.AnswersRows;
import dev.assay.kit.rows.RowAnswer;
import dev.assay.kit.rows.SqlColumn;
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
@Tag(name = "Jobs")
class RunExportController {

    private final Jobs jobs;
    private final ExportedRuns runs;
    private final JsonMapper json;

    RunExportController(Jobs jobs, ExportedRuns runs, JsonMapper json) {
        this.jobs = jobs;
        this.runs = runs;
        this.json = json;
    }

    @GetMapping("/v2/jobs/{job_id}/runs/export")
    @Refuses(status = 404, when = "There is no such job.")
    @AnswersRows
    @Operation(
            summary = "Export a job's runs",
            description = "All of them as they stand, the newest first, one to a line: what was asked for, how it ended and why, and its times. What is not known is null. "
                    + "Runs that come meanwhile are not among them. With `format=parquet` a table of the same names, in which `timings` is "
                    + "a text. An answer that breaks off is not whole.")
    void export(
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
        jobs.requireOwn(id, caller.team());
        new RowAnswer(request, response, json)
                .write(parquet, id + ".runs", () -> SqlColumn.parquet(ExportedRuns.COLUMNS), rows -> runs.write(id, rows));
    }
}
