// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.ingest;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.assay.contracts.RunId;
import dev.assay.contracts.event.SpansReceived;
import dev.assay.kit.identity.Admits;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import dev.assay.kit.openapi.Refuses;
import dev.assay.kit.problem.Problem;
import dev.assay.kit.web.RunRef;
import dev.assay.trace.ingest.SpanScan.Remark;
import dev.assay.trace.ingest.SpanScan.Scanned;
import dev.assay.trace.run.Attempts;
import dev.assay.trace.run.RunOwners;
import dev.assay.trace.run.TracedRuns;
import io.micrometer.core.instrument.MeterRegistry;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Takes spans. */
@RestController
@Admits({Role.MEMBER, Role.RUN})
@Tag(name = "telemetry", description = "Spans of runs")
class UploadController {

    private static final Logger log = LoggerFactory.getLogger(UploadController.class);
    private static final int MOST_REMARKS = 100;

    private final RunOwners owners;
    private final Attempts attempts;
    private final TracedRuns runs;
    private final SpanSink sink;
    private final Clock clock;
    private final MeterRegistry meters;

    UploadController(
            RunOwners owners, Attempts attempts, TracedRuns runs, SpanSink sink, Clock clock, MeterRegistry meters) {
        this.owners = owners;
        this.attempts = attempts;
        this.runs = runs;
        this.sink = sink;
        this.clock = clock;
        this.meters = meters;
        meters.counter("assay.spans.refused"); // there from the start: a counter that comes with its first count never rises
    }

    /** What is looked at of an upload, for the API document; the rest of a span is kept as it came. */
    @Schema(
            example =
                    """
                    {"telemetry": [{"span_id": "00f067aa0ba902b7", "trace_id": "4bf92f3577b34da6a3ce929d0e0e4736", "name": "step.agent",
                     "start_time": "2026-01-01T12:00:00Z", "end_time": "2026-01-01T12:00:01Z", "status_code": "OK",
                     "attributes": {}}]}""")
    record Upload(List<UploadedSpan> telemetry) {}

    record UploadedSpan(
            @Schema(minLength = 1, maxLength = 200, pattern = "^[^\\u0000]*[^\\s\\u0000][^\\u0000]*$") String span_id) {}

    /** What became of an upload of which not everything could be taken as it came. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record UploadAnswer(
            @Schema(description = "How many of its spans were taken.") int taken,
            @Schema(description = "How many were not.") long refused,
            @Schema(description = "Which, and why; and what of those that were taken was not understood. At most 100.") List<Remark> remarks) {

        static UploadAnswer of(Scanned scanned) {
            return new UploadAnswer(
                    scanned.spans().size(), scanned.refused(), scanned.remarks().stream().limit(MOST_REMARKS).toList());
        }
    }

    @PostMapping("/telemetry/trace/{id}/telemetry-upload")
    @Operation(
            summary = "Upload spans of one run",
            description = "{\"telemetry\": [span, …]}, plain or with Content-Encoding: gzip. Durable when answered; a span that comes again is "
                    + "stored once. A span that cannot be taken (no span_id, another run's, nested deeper than 480 levels) does not hold up "
                    + "the others. Times without a zone are UTC. 409: the key is that of an attempt that lost its lease.",
            requestBody =
                    @RequestBody(
                            required = true,
                            content = @Content(mediaType = "application/json", schema = @Schema(implementation = Upload.class))))
    @Refuses(status = 409, when = "The key is that of an attempt that lost its lease.")
    @ApiResponse(responseCode = "204", description = "All spans were taken.", content = @Content)
    @ApiResponse(responseCode = "200", description = "Some spans were not taken, or not as they came: the answer says which and why.",
            useReturnTypeSchema = true)
    ResponseEntity<@Nullable UploadAnswer> upload(Caller caller, @PathVariable String id, HttpServletRequest request) {
        var run = new RunId(RunRef.ofRun("id", id).id());
        var now = clock.instant();
        var scanned = scan(caller, run, () -> SpanScan.of(read(request), id, now));
        checkOwner(caller, run);
        checkAttempt(caller, run);
        if (!scanned.spans().isEmpty()) {
            sink.accept(new SpansReceived(run, caller.team(), caller.attempt(), now, List.of()), scanned.spans());
        }
        if (scanned.remarks().isEmpty()) {
            return ResponseEntity.noContent().build();
        }
        meters.counter("assay.spans.refused").increment(scanned.refused());
        log.info("Of an upload to run {}: {}", run, scanned.remarks().getFirst());
        return ResponseEntity.ok(UploadAnswer.of(scanned));
    }

    private interface Scan {
        Scanned scan();
    }

    /** A body that is wrong claims no run; but of another team's run nobody learns anything, not even that the body is wrong. */
    private Scanned scan(Caller caller, RunId run, Scan scan) {
        try {
            var scanned = scan.scan();
            if (scanned.spans().isEmpty() && !scanned.remarks().isEmpty()) {
                var first = scanned.remarks().getFirst();
                throw Problem.badRequest(first.at(), first.reason());
            }
            return scanned;
        } catch (Problem wrong) {
            throw isKnownToBeForeign(caller, run) ? notFound(run) : wrong;
        }
    }

    private boolean isKnownToBeForeign(Caller caller, RunId run) {
        try {
            return runs.find(run).filter(known -> !known.team().equals(caller.team())).isPresent();
        } catch (DataAccessException e) {
            return false;
        }
    }

    /** An attempt's key was made for a run that there is and for its team: nobody has to be asked. */
    private void checkOwner(Caller caller, RunId run) {
        var foreignKey = caller.run() != null && !caller.run().equals(run);
        if (foreignKey || caller.attempt() == null && isOfAnotherTeam(caller, run)) {
            throw notFound(run);
        }
    }

    private boolean isOfAnotherTeam(Caller caller, RunId run) {
        return owners.claim(run, caller.team()).filter(owner -> !owner.equals(caller.team())).isPresent();
    }

    private void checkAttempt(Caller caller, RunId run) {
        var attempt = caller.attempt();
        if (attempt != null && !attempts.isHeard(run, attempt)) {
            throw Problem.conflict("Attempt " + attempt + " of run " + run + " has lost its lease: its spans are not taken any more.");
        }
    }

    private static Problem notFound(RunId run) {
        return Problem.notFound("There is no run " + run + ".");
    }

    static byte[] read(HttpServletRequest request) {
        try {
            return request.getInputStream().readAllBytes();
        } catch (IOException e) {
            throw Problem.badRequest("body", "could not be read to its end");
        }
    }
}
