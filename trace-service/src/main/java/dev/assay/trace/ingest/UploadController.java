// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.ingest;

import dev.assay.contracts.RunId;
import dev.assay.contracts.event.SpansReceived;
import dev.assay.kit.identity.Admits;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import dev.assay.kit.openapi.Refuses;
import dev.assay.kit.problem.Problem;
import dev.assay.sdk.protocol.Json;
import dev.assay.trace.run.Attempts;
import dev.assay.trace.run.RunIds;
import dev.assay.trace.run.RunOwners;
import dev.assay.trace.run.TracedRuns;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import org.springframework.dao.DataAccessException;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** Takes spans. */
@RestController
@Admits({Role.MEMBER, Role.RUN})
@Tag(name = "telemetry", description = "Spans of runs")
class UploadController {

    private final RunOwners owners;
    private final Attempts attempts;
    private final TracedRuns runs;
    private final SpanSink sink;
    private final Clock clock;

    UploadController(RunOwners owners, Attempts attempts, TracedRuns runs, SpanSink sink, Clock clock) {
        this.owners = owners;
        this.attempts = attempts;
        this.runs = runs;
        this.sink = sink;
        this.clock = clock;
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

    @PostMapping("/telemetry/trace/{id}/telemetry-upload")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Operation(
            summary = "Upload spans of one run",
            description = "{\"telemetry\": [span, …]}. Durable when answered; a span that comes again is stored once. 409: the key is that "
                    + "of an attempt that lost its lease.",
            requestBody = @RequestBody(required = true, content = @Content(mediaType = "application/json", schema = @Schema(implementation = Upload.class))))
    @Refuses(status = 409, when = "The key is that of an attempt that lost its lease.")
    void upload(Caller caller, @PathVariable String id, HttpServletRequest request) {
        var run = RunIds.of(id);
        var spans = spans(caller, run, id, request);
        checkOwner(caller, run);
        checkAttempt(caller, run);
        if (!spans.isEmpty()) {
            accept(caller, run, spans);
        }
    }

    /** A body that is wrong claims no run; but of another team's run nobody learns anything, not even that the body is wrong. */
    private List<JsonNode> spans(Caller caller, RunId run, String id, HttpServletRequest request) {
        try {
            return SpanUpload.spans(read(request), id);
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

    private void accept(Caller caller, RunId run, List<JsonNode> spans) {
        var event = new SpansReceived(run, caller.team(), caller.attempt(), clock.instant(), spans);
        sink.accept(run.toString(), Json.MAPPER.writeValueAsString(event), spans.size());
    }

    private void checkOwner(Caller caller, RunId run) {
        var foreignKey = caller.run() != null && !caller.run().equals(run);
        if (foreignKey || owners.claim(run, caller.team()).filter(owner -> !owner.equals(caller.team())).isPresent()) {
            throw notFound(run);
        }
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

    private static JsonNode read(HttpServletRequest request) {
        try {
            var body = Json.MAPPER.readTree(request.getInputStream());
            if (body == null || !body.isObject()) {
                throw Problem.badRequest("body", "must be a JSON object with the member 'telemetry'");
            }
            return body;
        } catch (JacksonException e) {
            var at = e.getLocation();
            throw Problem.badRequest(
                    "body", "not valid JSON" + (at == null ? "" : " at line " + at.getLineNr() + ", column " + at.getColumnNr()));
        } catch (IOException e) {
            throw Problem.badRequest("body", "could not be read to its end");
        }
    }
}
