// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.ingest;

import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.contracts.event.SpansReceived;
import dev.assay.kit.blob.Blobs;
import dev.assay.kit.identity.Admits;
import dev.assay.kit.identity.Role;
import dev.assay.kit.problem.Problem;
import dev.assay.kit.problem.Telemetry;
import dev.assay.sdk.protocol.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/**
 * Takes spans that the platform itself makes, of many runs at once: a line of JSON each, {@code {"run", "team", "attempt", "span"}}. Who
 * sends them knows that the runs are those teams'.
 */
@RestController
@Admits(Role.SERVICE)
class CallSpansController {

    private static final Logger log = LoggerFactory.getLogger(CallSpansController.class);

    private final Blobs blobs;
    private final SpanSink sink;
    private final Clock clock;

    CallSpansController(Blobs spanBlobs, SpanSink sink, Clock clock) {
        this.blobs = spanBlobs;
        this.sink = sink;
        this.clock = clock;
    }

    private record Sender(RunId run, TeamId team, @Nullable Integer attempt) {}

    @PostMapping(path = "/internal/spans", consumes = "application/x-ndjson")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void take(@RequestBody byte[] lines) {
        var now = clock.instant();
        read(new String(lines, StandardCharsets.UTF_8)).forEach((sender, spans) -> {
            var body = Json.MAPPER.writeValueAsBytes(Json.object().set("telemetry", spans));
            var scanned = SpanScan.of(body, sender.run().toString(), now);
            scanned.remarks().forEach(remark -> log.warn("Of a call of run {}: {}", sender.run(), remark));
            var upload = new SpansReceived(sender.run(), sender.team(), sender.attempt(), now, List.of());
            try {
                sink.accept(sender.run().toString(), sender.team(), SpansRecord.of(upload, scanned.spans(), SpansRecord.Away.among(blobs)));
            } catch (IOException e) {
                log.error("The disk did not take a span of run {}", sender.run(), e);
                throw Problem.unavailable("A large span can be stored nowhere just now.", Telemetry.TRY_AGAIN);
            }
        });
    }

    private static Map<Sender, ArrayNode> read(String lines) {
        var bySender = new LinkedHashMap<Sender, ArrayNode>();
        var number = 0;
        for (var line : lines.split("\n")) {
            number++;
            if (!line.isBlank()) {
                var tree = tree(line, number);
                bySender.computeIfAbsent(sender(tree, number), sender -> Json.array()).add(tree.path("span"));
            }
        }
        return bySender;
    }

    private static JsonNode tree(String line, int number) {
        try {
            return Json.MAPPER.readTree(line);
        } catch (JacksonException e) {
            throw Problem.badRequest("line " + number, "is no JSON");
        }
    }

    private static Sender sender(JsonNode line, int number) {
        try {
            return new Sender(
                    RunId.parse(line.path("run").asString("")),
                    TeamId.parse(line.path("team").asString("")),
                    line.path("attempt").isInt() ? line.path("attempt").intValue() : null);
        } catch (IllegalArgumentException e) {
            throw Problem.badRequest("line " + number, "run and team must be UUIDs: " + e.getMessage());
        }
    }
}
