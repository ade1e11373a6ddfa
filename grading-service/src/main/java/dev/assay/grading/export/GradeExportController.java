// SPDX-License-Identifier: Apache-2.0

package dev.assay.grading.export;

import dev.assay.contracts.JobId;
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
@Tag(name = "grades")
class GradeExportController {

    private final RunsOfJobs runs;
    private final ExportedGrades grades;
    private final JsonMapper json;

    GradeExportController(RunsOfJobs runs, ExportedGrades grades, JsonMapper json) {
        this.runs = runs;
        this.grades = grades;
        this.json = json;
    }

    @GetMapping("/v2/jobs/{job_id}/grades/export")
    @Refuses(status = 404, when = "There is no such job.")
    @Refuses(status = 503, when = "The job cannot be looked up just now.")
    @AnswersRows
    @Operation(
            summary = "Export a job's grades of record",
            description = "Each run of the job is a row, one to a line, the newest first: how it ended, its reward and the evaluation with its subscores. Where there is no grade, or "
                    + "not all of it, `missing` says what is not there and why. With `format=parquet` a table of the same names, in which "
                    + "`evaluation` is JSON as a text. An answer that breaks off is not whole.")
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
        var pages = runs.of(id, caller.team());
        new RowAnswer(request, response, json)
                .write(parquet, id + ".grades", ExportedGrades::columns, rows -> grades.write(id, caller.team(), pages, rows));
    }
}
