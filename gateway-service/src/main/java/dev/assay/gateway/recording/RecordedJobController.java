// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.recording;

import dev.assay.kit.identity.Admits;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import dev.assay.kit.problem.Problem;
import dev.assay.kit.web.ReadUuid;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Which jobs are recorded or replayed. */
@RestController
@Tag(name = "Recordings")
class RecordedJobController {

    private static final int UNLESS_SAID = 100;
    private static final int MOST = 1000;

    private final RecordedJobs jobs;

    RecordedJobController(RecordedJobs jobs) {
        this.jobs = jobs;
    }

    @Schema(name = "EnteredJob", example = "{\"job_id\": \"3b241101-e2bb-4255-8caf-4136c566a962\", \"recording\": \"letters\","
            + " \"mode\": \"replay\", \"entered_at\": \"2026-11-26T12:00:00Z\"}")
    record View(
            UUID job_id,
            String recording,
            @Schema(allowableValues = {"record", "replay"}) String mode,
            @Schema(description = "Since when its calls are") Instant entered_at) {}

    @Schema(name = "EnteredJobPage")
    record Page(List<View> items) {}

    @Operation(
            summary = "Jobs that are recorded or replayed",
            description = "Those that were entered last first, each for 30 days. A job that was begun with a key that has a recording is "
                    + "entered by that.")
    @Admits(Role.VIEWER)
    @GetMapping("/v2/recorded-jobs")
    Page list(
            @Parameter(
                            description = "Only those with this recording.",
                            schema = @Schema(type = "string", pattern = "^" + Wanted.FORM + "$"))
                    @RequestParam(required = false)
                    @Nullable String recording,
            @Parameter(description = "Only this one.", schema = @Schema(type = "string", format = "uuid")) @RequestParam(required = false)
                    @Nullable String job,
            @Parameter(schema = @Schema(type = "integer", minimum = "1", maximum = "" + MOST)) @RequestParam(required = false)
                    @Nullable Integer limit,
            Caller caller) {
        var most = limit == null ? UNLESS_SAID : limit;
        if (most < 1 || most > MOST) {
            throw Problem.badRequest("limit", "must be from 1 to " + MOST);
        }
        if (recording != null && !Wanted.isName(recording)) {
            throw Problem.badRequest("recording", "must be a recording's name");
        }
        var id = job == null ? null : ReadUuid.of("job", job);
        return new Page(jobs.list(caller.team(), recording, id, most).stream()
                .map(entry -> new View(entry.jobId(), entry.name(), entry.mode(), entry.enteredAt()))
                .toList());
    }
}
