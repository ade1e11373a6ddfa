// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.recording;

import dev.assay.gateway.audit.Audit;
import dev.assay.kit.identity.Admits;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import dev.assay.kit.openapi.Refuses;
import dev.assay.kit.problem.Problem;
import dev.assay.kit.web.ReadUuid;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.ExampleObject;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

@RestController
@Tag(name = "Recordings")
class RecordingController {

    private static final String FILE = "{\"assay_recording\":1,\"ignore\":[\"/tmp/tmp[a-z0-9_]{8}\"]}";
    private static final String NAME = "Letters, digits, dots, dashes and underscores.";
    private static final String BYTES = "application/octet-stream";
    private static final String LINES = "application/x-ndjson";
    /** A file may say things at greater length than is counted. */
    private static final long LARGEST_FILE = 2 * RecordingRows.MOST_BYTES;

    private static final Path TEMPORARY = Path.of(System.getProperty("java.io.tmpdir"));

    private final RecordingRows rows;
    private final RecordingLoad load;
    private final RecordingSnapshots snapshots;
    private final RecordedJobs jobs;
    private final Audit audit;
    private final TransactionTemplate transactions;
    /** Lines are held as text and as trees. */
    private final Spool loading = new Spool(TEMPORARY, 2, "Other recordings are being loaded just now. Try again.");
    /** Files are on this machine's disk while they are told. */
    private final Spool told = new Spool(TEMPORARY, 4, "Other recordings are being read just now. Try again.");

    RecordingController(
            RecordingRows rows,
            RecordingLoad load,
            RecordingSnapshots snapshots,
            RecordedJobs jobs,
            Audit audit,
            TransactionTemplate transactions) {
        this.rows = rows;
        this.load = load;
        this.snapshots = snapshots;
        this.jobs = jobs;
        this.audit = audit;
        this.transactions = transactions;
    }

    @Schema(name = "RecordingPage")
    record Page(List<RecordingLoad.View> items, int total) {}

    @Schema(name = "RecordingMode", example = "{\"mode\": \"replay\"}")
    record WantedMode(@Schema(allowableValues = {"record", "replay"}) @Nullable String mode) {}

    @Schema(name = "RecordedJob")
    record JobView(String job_id, String recording, String mode) {}

    @Operation(summary = "The team's recordings", description = "By name. `bytes` are those of requests and answers.")
    @Admits(Role.VIEWER)
    @GetMapping("/v2/recordings")
    Page list(Caller caller) {
        var items = RecordingLoad.of(rows, caller.team());
        return new Page(items, items.size());
    }

    @Operation(
            summary = "A recording as a file",
            description = "`<name>.recording.jsonl`: a line of JSON for what holds for all of it, and one for each answer, sorted by "
                    + "request. As it was at one moment, whatever is loaded, recorded or deleted meanwhile.",
            responses = @ApiResponse(responseCode = "200", description = "The file; as `application/x-ndjson` where `Accept` says so",
                    content = @Content(mediaType = BYTES, schema = @Schema(type = "string", format = "binary"))))
    @Admits(Role.VIEWER)
    @GetMapping(path = "/v2/recordings/{name}")
    void file(
            @Parameter(description = NAME) @PathVariable String name,
            @Parameter(hidden = true) @RequestHeader(name = "Accept", required = false) @Nullable String accept,
            Caller caller,
            HttpServletResponse response)
            throws IOException {
        told.use(file -> {
            try (var out = new BufferedOutputStream(Files.newOutputStream(file))) {
                if (!snapshots.write(caller.team(), name, out)) {
                    throw notFound(name);
                }
            }
            response.setContentType(accept != null && accept.startsWith(LINES) ? LINES : BYTES);
            response.setHeader("Content-Disposition", "attachment; filename=\"" + name + ".recording.jsonl\"");
            response.setContentLengthLong(Files.size(file));
            return Files.copy(file, response.getOutputStream());
        });
    }

    @Operation(
            summary = "Load a recording",
            description = "A file as it is read here, in place of what the recording held; whole or not at all. Its first line alone "
                    + "makes an empty one, whose `ignore` says what in requests changes from run to run and makes no other request of "
                    + "them. What was replayed of it is counted from the beginning.",
            requestBody = @io.swagger.v3.oas.annotations.parameters.RequestBody(required = true, content = @Content(
                    mediaType = BYTES, schema = @Schema(type = "string", format = "binary"), examples = @ExampleObject(FILE))))
    @Admits(Role.MEMBER)
    @PutMapping(path = "/v2/recordings/{name}")
    @Refuses(status = 409, when = "The team has as many recordings as it may.")
    @Refuses(status = 413, when = "The file is larger than a recording may be.")
    RecordingLoad.View load(@Parameter(description = NAME) @PathVariable String name, Caller caller, HttpServletRequest request)
            throws IOException {
        named(name);
        var coding = request.getHeader("Content-Encoding");
        if (coding != null && !coding.equalsIgnoreCase("identity")) {
            throw Problem.unsupportedCoding(coding);
        }
        return loading.use(file -> {
            written(request, file);
            return load.load(caller, name, file);
        });
    }

    @Operation(summary = "Delete a recording", description = "With its answers. Jobs and keys that replay it then find nothing.")
    @Admits(Role.MEMBER)
    @DeleteMapping("/v2/recordings/{name}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void delete(@Parameter(description = NAME) @PathVariable String name, Caller caller) {
        if (!load.delete(caller, name)) {
            throw notFound(name);
        }
    }

    @Operation(
            summary = "Record or replay a job",
            description = "All model calls of its runs from now on, whichever key they are made with. It need not have begun.")
    @Admits(Role.MEMBER)
    @PutMapping("/v2/recordings/{name}/jobs/{job}")
    JobView enter(
            @Parameter(description = NAME) @PathVariable String name,
            @Parameter(schema = @Schema(type = "string", format = "uuid")) @PathVariable String job,
            @RequestBody WantedMode mode,
            Caller caller) {
        named(name);
        var id = ReadUuid.of("job", job);
        var wanted = new Wanted(
                Mode.of(String.valueOf(mode.mode())).orElseThrow(() -> Problem.badRequest("mode", "must be record or replay")), name);
        var after = view(id, wanted);
        transactions.executeWithoutResult(unused -> {
            var before = jobs.find(caller.team(), id).map(was -> view(id, was)).orElse(null);
            jobs.enter(caller.team(), id, wanted);
            audit.changed(caller, "recording.enter", "job", id.toString(), before, after);
        });
        jobs.changed(caller.team());
        return after;
    }

    @Operation(summary = "Record or replay a job no longer", description = "Its calls are answered as others from now on.")
    @Admits(Role.MEMBER)
    @DeleteMapping("/v2/recordings/{name}/jobs/{job}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void leave(
            @Parameter(description = NAME) @PathVariable String name,
            @Parameter(schema = @Schema(type = "string", format = "uuid")) @PathVariable String job,
            Caller caller) {
        var id = ReadUuid.of("job", job);
        transactions.executeWithoutResult(unused -> {
            var before = jobs.find(caller.team(), id)
                    .filter(was -> was.name().equals(name))
                    .orElseThrow(() -> Problem.notFound("No job " + job + " of your team has the recording '" + name + "'."));
            jobs.leave(caller.team(), id);
            audit.changed(caller, "recording.leave", "job", id.toString(), view(id, before), null);
        });
        jobs.changed(caller.team());
    }

    private static JobView view(UUID job, Wanted wanted) {
        return new JobView(job.toString(), wanted.name(), wanted.mode().word());
    }

    private static void named(String name) {
        if (!Wanted.isName(name)) {
            throw Problem.badRequest(
                    "name", "must be at most 100 letters, digits, dots, dashes and underscores, the first a letter or digit");
        }
    }

    /** As it comes: however slowly, no transaction waits for it. */
    private static void written(HttpServletRequest request, Path file) throws IOException {
        try (var out = Files.newOutputStream(file)) {
            var buffer = new byte[64 * 1024];
            var written = 0L;
            var in = request.getInputStream();
            for (int read; (read = in.read(buffer)) >= 0; ) {
                written += read;
                if (written > LARGEST_FILE) {
                    throw Problem.tooLarge("A recording's file has at most " + LARGEST_FILE + " bytes.");
                }
                out.write(buffer, 0, read);
            }
        }
    }

    private static Problem notFound(String name) {
        return Problem.notFound("There is no recording '" + name + "' in your team.");
    }
}
