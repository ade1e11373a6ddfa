// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.ingest;

import dev.assay.contracts.RunId;
import dev.assay.contracts.event.SpansReceived;
import dev.assay.kit.identity.Admits;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import dev.assay.trace.ingest.SpanScan.Taken;
import dev.assay.trace.run.Attempts;
import dev.assay.trace.run.RunOwners;
import io.micrometer.core.instrument.MeterRegistry;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.ExampleObject;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.annotation.PreDestroy;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.util.unit.DataSize;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Takes spans as OpenTelemetry's exporters send them, of many runs at once. */
@RestController
@Admits({Role.MEMBER, Role.RUN})
@Tag(name = "telemetry", description = "Spans of runs")
class OtlpController {

    private static final Logger log = LoggerFactory.getLogger(OtlpController.class);

    /** Of all exports that are under way. */
    private static final int RUNS_AT_ONCE = 32;

    private static final String EXAMPLE =
            """
            {"resourceSpans": [{"resource": {"attributes": [{"key": "service.name", "value": {"stringValue": "my-agent"}}]},
             "scopeSpans": [{"scope": {"name": "my-agent"}, "spans": [{"traceId": "5b8efff798038103d269b633813fc60c",
             "spanId": "eee19b7ec3c1b174", "name": "chat gpt-5", "kind": 3, "startTimeUnixNano": "1767268800000000000",
             "endTimeUnixNano": "1767268801000000000", "attributes": [{"key": "gen_ai.operation.name", "value": {"stringValue": "chat"}},
             {"key": "gen_ai.usage.input_tokens", "value": {"intValue": "12"}}]}]}]}]}""";

    private final RunOwners owners;
    private final Attempts attempts;
    private final SpanSink sink;
    private final Clock clock;
    private final MeterRegistry meters;
    private final long largest;
    private final ExecutorService executor = Executors.newFixedThreadPool(RUNS_AT_ONCE, Thread.ofVirtual().name("otlp-", 0).factory());

    OtlpController(
            RunOwners owners, Attempts attempts, SpanSink sink, Clock clock, MeterRegistry meters,
            @Value("${assay.body.largest}") DataSize largest) {
        this.owners = owners;
        this.attempts = attempts;
        this.sink = sink;
        this.clock = clock;
        this.meters = meters;
        this.largest = largest.toBytes();
    }

    @PostMapping(path = "/otlp/v1/traces", consumes = {OtlpProtobuf.TYPE, MediaType.APPLICATION_JSON_VALUE})
    @Operation(
            summary = "Export spans with OTLP",
            description = "OpenTelemetry's ExportTraceServiceRequest, as `application/json` or `application/x-protobuf`, plain or with "
                    + "Content-Encoding: gzip; the answer comes in the same form, errors too (`message`). Durable when answered; a span "
                    + "that comes again is stored once. A span is of the run that its attribute `hud.task_run_id` names, or that of its "
                    + "resource; else of the run that has its trace's id, or with the key of a run of that run. What cannot be taken holds "
                    + "up no other: `partialSuccess` says how many were left out, and of the first of them why.",
            requestBody =
                    @RequestBody(
                            required = true,
                            content = @Content(mediaType = "application/json", schema = @Schema(type = "object"),
                                    examples = @ExampleObject(EXAMPLE))))
    @ApiResponse(responseCode = "200", description = "Taken, all or all but what the answer names.",
            content = @Content(mediaType = "application/json", schema = @Schema(type = "object")))
    ResponseEntity<byte[]> export(Caller caller, HttpServletRequest request) {
        var form = OtlpForm.of(MediaType.parseMediaType(request.getContentType()));
        var now = clock.instant();
        var export = new OtlpExport(form, caller.run(), now, new OtlpRoom(largest), (run, spans) -> {
            var refusal = refusal(caller, run);
            if (refusal.isEmpty()) {
                sink.accept(new SpansReceived(run, caller.team(), caller.attempt(), now, List.of()), spans);
            }
            return refusal;
        }, executor);
        export.take(UploadController.read(request));
        if (export.leftOut() > 0) {
            meters.counter("assay.spans.refused").increment(export.leftOut());
            log.info("Of an export: {}", export.answer().getPartialSuccess().getErrorMessage());
        }
        return ResponseEntity.ok().contentType(form.type()).body(form.answer(export.answer()));
    }

    @PreDestroy
    void stop() {
        executor.close();
    }

    /** An attempt's key was made for a run that there is and for its team: nobody has to be asked whose it is. */
    private Optional<String> refusal(Caller caller, RunId run) {
        var attempt = caller.attempt();
        if (caller.run() != null && !caller.run().equals(run)) {
            return Optional.of("there is no run " + run + " for this key");
        }
        if (attempt != null) {
            return attempts.isHeard(run, attempt)
                    ? Optional.empty()
                    : Optional.of("attempt " + attempt + " of run " + run + " has lost its lease");
        }
        return owners.claim(run, caller.team()).filter(owner -> !owner.equals(caller.team())).map(foreign -> "there is no run " + run);
    }
}
