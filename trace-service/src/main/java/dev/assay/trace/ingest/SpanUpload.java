// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.ingest;

import dev.assay.kit.problem.Problem;
import dev.assay.sdk.protocol.step.TraceIds;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** What an upload must be: spans with an id each, of the run that the path names. Everything else about them is free. */
final class SpanUpload {

    private static final int LONGEST_ID = 200;

    private SpanUpload() {}

    /** @param taskRunId as the path has it */
    static List<JsonNode> spans(JsonNode body, String taskRunId) {
        var telemetry = body.path("telemetry");
        if (!telemetry.isArray()) {
            throw Problem.badRequest("telemetry", "must be an array of spans");
        }
        var expected = TraceIds.of(taskRunId);
        var number = 0;
        for (var span : telemetry) {
            check(span, "telemetry[" + number++ + "]", expected);
        }
        return telemetry.valueStream().toList();
    }

    private static void check(JsonNode span, String at, String expected) {
        if (!span.isObject()) {
            throw Problem.badRequest(at, "must be an object");
        }
        var id = span.path("span_id").asString("");
        if (!span.path("span_id").isString() || id.isBlank()) {
            throw Problem.badRequest(at + ".span_id", "required");
        }
        if (id.length() > LONGEST_ID || id.indexOf('\0') >= 0) {
            throw Problem.badRequest(at + ".span_id", "must have at most " + LONGEST_ID + " characters, none of them U+0000");
        }
        var run = span.path("attributes").path("hud.task_run_id");
        if (!run.isMissingNode() && !run.isNull() && !TraceIds.of(run.asString("")).equals(expected)) {
            throw Problem.badRequest(at + ".attributes.hud.task_run_id", "is another run than the one that the path names");
        }
    }
}
