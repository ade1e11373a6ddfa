// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.span;

import dev.assay.sdk.protocol.Json;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A span on its way into the table.
 *
 * @param schema which kind of payload it carries, null for a debug span
 * @param stepId its place among the run's steps, null if it has none
 * @param tool the tool that a tool step called
 * @param failed whether it says that something went wrong in it
 * @param size of the body, in bytes
 * @param body the whole span as JSON in UTF-8; null if it lies among the blobs
 * @param blob where, then: its SHA-256
 */
public record Span(
        String spanId,
        String name,
        @Nullable String schema,
        @Nullable Integer stepId,
        Instant startedAt,
        Instant endedAt,
        @Nullable String tool,
        boolean failed,
        int size,
        byte @Nullable [] body,
        @Nullable String blob) {

    /** Times beyond these are a broken clock's, and no reason to lose a span. */
    private static final Instant EARLIEST = Instant.EPOCH;

    private static final Instant LATEST = Instant.parse("9999-01-01T00:00:00Z");

    /** Reads a span leniently: only its id must be there. */
    public static Span of(JsonNode span, Instant receivedAt) {
        var attributes = span.path("attributes");
        var step = attributes.path("hud.payload").path("step_id");
        var started = time(span.path("start_time"), receivedAt);
        var body = Json.MAPPER.writeValueAsBytes(Json.finite(span));
        return new Span(
                span.path("span_id").asString(),
                text(span.path("name"), "span"),
                attributes.path("hud.schema").isString() ? text(attributes.path("hud.schema"), "") : null,
                step.isIntegralNumber() && step.canConvertToInt() ? step.intValue() : null,
                started,
                time(span.path("end_time"), started),
                null,
                false,
                body.length,
                body,
                null);
    }

    private static String text(JsonNode value, String otherwise) {
        return value.isString() ? value.stringValue().replace('\0', '\ufffd') : otherwise;
    }

    private static Instant time(JsonNode value, Instant otherwise) {
        try {
            var time = Instant.parse(value.asString(""));
            return time.isBefore(EARLIEST) || time.isAfter(LATEST) ? otherwise : time;
        } catch (DateTimeParseException e) {
            return otherwise;
        }
    }
}
