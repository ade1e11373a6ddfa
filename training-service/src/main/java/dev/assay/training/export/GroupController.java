// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.export;

import dev.assay.contracts.JobId;
import dev.assay.kit.identity.Admits;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import dev.assay.kit.openapi.Refuses;
import dev.assay.kit.problem.Problem;
import dev.assay.kit.rows.BrokenAnswers;
import dev.assay.kit.web.RunRef;
import dev.assay.training.export.Export.Asked;
import dev.assay.training.export.GroupExport.Wanted;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

@RestController
@Admits(Role.VIEWER)
@Tag(name = "training")
class GroupController {

    private static final int MOST = 64;
    private static final int LARGEST_GROUP = 1000;
    private static final int LONGEST_WAIT = 60;

    /** Rows that are made of one run. */
    private static final Set<Format> OF_A_RUN = EnumSet.complementOf(EnumSet.of(Format.DPO, Format.RUNS));

    private final GroupExport export;

    GroupController(GroupExport export) {
        this.export = export;
    }

    /** For the API document. */
    @Schema(name = "FinishedGroups")
    record Groups(
            @Schema(description = "Each with `number`, `group_id`, `task`, `asked` (how many runs it was asked for), and `runs`: of each "
                            + "what `format=runs` of the export tells, its `rows` in the chosen format, and `left_out`: why there are "
                            + "none, else null.")
                    List<JsonNode> items,
            @Schema(description = "To be passed as `after` for those behind these.") long next,
            @Schema(description = "How many groups of the job are still to come; 0: these were the last, unless more is submitted.")
                    long left) {}

    @GetMapping("/v2/jobs/{job_id}/export/groups")
    @Refuses(status = 404, when = "There is no such job.")
    @Refuses(status = 503, when = "What is on record of the runs cannot be read just now.")
    @Operation(
            summary = "Take a job's groups as they are over",
            description = "Each group is one record, with every run that was asked for in it, whatever became of it; it is told once all are "
                    + "over and what they sampled has arrived, at most a minute later. All readers see the groups in one order, and read on "
                    + "with `after`. A group of which a run was run again comes again. An answer that breaks off is not whole: ask again.",
            responses = @ApiResponse(responseCode = "200", description = "Those that are there, perhaps none",
                    content = @Content(mediaType = MediaType.APPLICATION_JSON_VALUE, schema = @Schema(implementation = Groups.class))))
    void groups(
            Caller caller,
            @Parameter(schema = @Schema(type = "string", maxLength = 200)) @PathVariable("job_id") String job,
            @Parameter(schema = @Schema(type = "string", example = "slime", allowableValues = {
                        "tinker", "slime", "verl", "prime", "nemo", "atif", "sft"
                    }))
                    @RequestParam
                    String format,
            @Parameter(description = "An answer's `next`; left out: from the first.", schema = @Schema(minimum = "0", defaultValue = "0"))
                    @RequestParam(defaultValue = "0")
                    long after,
            @Parameter(description = "How many groups at once.", schema = @Schema(minimum = "1", maximum = "" + MOST, defaultValue = "16"))
                    @RequestParam(defaultValue = "16")
                    int limit,
            @Parameter(description = "How long to wait for the first, if none is there.",
                            schema = @Schema(minimum = "0", maximum = "" + LONGEST_WAIT, defaultValue = "0"))
                    @RequestParam(name = "wait_s", defaultValue = "0")
                    int wait,
            @Parameter(
                            description = "How many runs a group has; left out: as many as the job was asked for of each task. Required of a "
                                    + "job that was not.",
                            schema = @Schema(type = "integer", format = "int32", minimum = "1", maximum = "" + LARGEST_GROUP, example = "8"))
                    @RequestParam(name = "group_size", required = false)
                    @Nullable Integer size,
            HttpServletRequest request,
            HttpServletResponse response)
            throws IOException {
        var chosen = Format.of(format);
        if (!OF_A_RUN.contains(chosen)) {
            throw Problem.badRequest(
                    "format", "must be one whose rows are made of one run; " + chosen.wire() + " is told by the whole job's export");
        }
        if (after < 0) {
            throw Problem.badRequest("after", "must not be negative");
        }
        within("limit", limit, 1, MOST);
        within("wait_s", wait, 0, LONGEST_WAIT);
        if (size != null) {
            within("group_size", size, 1, LARGEST_GROUP);
        }
        var id = new JobId(RunRef.ofJob("job_id", job).id());
        var asked = new Asked(caller.team(), chosen, null, false);
        var found = export.find(id, new Wanted(after, size, limit, Duration.ofSeconds(wait)), asked);
        response.setContentType(MediaType.APPLICATION_JSON_VALUE);
        try {
            export.write(id, found, after, asked, response.getOutputStream());
        } catch (RuntimeException e) {
            BrokenAnswers.breakOff(request, response, e);
            throw e;
        }
    }

    private static void within(String field, int value, int least, int most) {
        if (value < least || value > most) {
            throw Problem.badRequest(field, "must be a whole number from " + least + " to " + most);
        }
    }
}
