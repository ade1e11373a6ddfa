// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.export;

import dev.assay.contracts.JobId;
import dev.assay.kit.identity.Admits;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import dev.assay.kit.openapi.Refuses;
import dev.assay.kit.problem.Problem;
import dev.assay.kit.rows.RowAnswer;
import dev.assay.kit.web.RunRef;
import dev.assay.training.export.Export.Asked;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
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
@Tag(name = "training")
class ExportController {

    private final JobRuns runs;
    private final Export export;
    private final JsonMapper json;

    ExportController(JobRuns runs, Export export, JsonMapper json) {
        this.runs = runs;
        this.export = export;
        this.json = json;
    }

    @GetMapping("/v2/jobs/{job_id}/export")
    @Refuses(status = 404, when = "There is no such job.")
    @Refuses(status = 422, when = "The job has more runs than are exported at once.")
    @Refuses(status = 503, when = "What is on record of the runs cannot be read just now.")
    @Operation(
            summary = "Export a job's runs for another training stack",
            description = "Lines of JSON, or a file of Parquet (`as`), group after group. `tinker`, `slime`, `verl` and `prime`: one for "
                    + "each sequence of sampled token ids, as each of them names its members; `nemo`: a rollout with the ids of its turns; `atif`: a trajectory; `sft`: a "
                    + "chat with its reward; `dpo`: pairs of a group's better and worse runs; `runs`: every run in numbers. Runs that "
                    + "cannot be such a row are left out; `left_out` tells which and why. An answer that breaks off is not whole.",
            responses = @ApiResponse(responseCode = "200", description = "Rows, one to a line",
                    content = @Content(mediaType = RowAnswer.LINES, schema = @Schema(type = "string", format = "binary"))))
    void export(
            Caller caller,
            @Parameter(schema = @Schema(type = "string", maxLength = 200)) @PathVariable("job_id") String job,
            @Parameter(schema = @Schema(type = "string", example = "sft", allowableValues = {
                        "tinker", "slime", "verl", "prime", "nemo", "atif", "sft", "dpo", "runs"
                    }))
                    @RequestParam
                    String format,
            @Parameter(description = "Of `sft` alone: runs that were worth less are left out.")
                    @RequestParam(name = "min_reward", required = false)
                    @Nullable Double least,
            @Parameter(description = "Instead of the rows: the runs that are none, each with the reason.")
                    @RequestParam(name = "left_out", defaultValue = "false")
                    boolean leftOut,
            @Parameter(description = "`parquet`, of `verl` and `runs`; else rows are lines of JSON.",
                            schema = @Schema(type = "string", allowableValues = {"jsonl", "parquet"}))
                    @RequestParam(defaultValue = "jsonl")
                    String as,
            HttpServletRequest request,
            HttpServletResponse response)
            throws IOException {
        var chosen = Format.of(format);
        if (least != null && (chosen != Format.SFT || !Double.isFinite(least))) {
            throw Problem.badRequest("min_reward", chosen != Format.SFT ? "goes with sft, not with " + chosen.wire() : "must be a number");
        }
        var parquet = RowAnswer.isParquet("as", as);
        if (parquet && (leftOut || chosen != Format.VERL && chosen != Format.RUNS)) {
            throw Problem.badRequest("as", leftOut
                    ? "what is left out is told in lines of JSON"
                    : "parquet goes with verl and with runs, not with " + chosen.wire() + ", whose rows have no columns");
        }
        var id = new JobId(RunRef.ofJob("job_id", job).id());
        var all = runs.of(id, caller.team());
        var asked = new Asked(caller.team(), chosen, least, leftOut);
        new RowAnswer(request, response, json)
                .write(parquet, id + "." + chosen.wire(), () -> Columns.of(chosen), rows -> export.write(id, all, asked, rows));
    }
}
