// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.timeline;

import dev.assay.contracts.RunId;
import dev.assay.sdk.protocol.Json;
import dev.assay.trace.span.SpanMark;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Spans in OTLP's JSON: ids are hex, enums numbers, numbers of 64 bits strings of digits. */
final class OtlpOut {

    static final int INTERNAL = 1;
    static final int CLIENT = 3;

    private static final int ERROR = 2;
    private static final List<String> KINDS = List.of("UNSPECIFIED", "INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER");
    private static final List<String> STATUSES = List.of("UNSET", "OK", "ERROR");
    private static final int SPAN_ID = 8;
    private static final Pattern ID = Pattern.compile("(?!0+$)[0-9a-f]{16}");
    private static final BigInteger SECOND = BigInteger.valueOf(1_000_000_000);
    private static final BigInteger LATEST = BigInteger.ONE.shiftLeft(Long.SIZE).subtract(BigInteger.ONE);

    private OtlpOut() {}

    /** The id if it is one, else always the same for the same. */
    static String spanId(RunId run, String id) {
        var lower = id.toLowerCase(Locale.ROOT);
        if (ID.matcher(lower).matches()) {
            return lower;
        }
        try {
            var hash = MessageDigest.getInstance("SHA-256").digest((run.hex() + "/" + id).getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, SPAN_ID);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Of the span in which all else of a run is. */
    static String rootId(RunId run) {
        return spanId(run, "");
    }

    /** @param ended by some clocks before it started, which few readers bear */
    static ObjectNode span(String trace, String id, @Nullable String parent, String name, int kind, @Nullable Instant started, @Nullable Instant ended) {
        var span = Json.object().put("traceId", trace).put("spanId", id);
        if (parent != null) {
            span.put("parentSpanId", parent);
        }
        return span.put("name", name)
                .put("kind", kind)
                .put("startTimeUnixNano", nanos(started))
                .put("endTimeUnixNano", nanos(started != null && ended != null && ended.isBefore(started) ? started : ended));
    }

    /** Notes that something went wrong in it. */
    static void failed(ObjectNode span, String message) {
        span.putObject("status").put("message", message).put("code", ERROR);
    }

    /** A span that came by OTLP, as it came. */
    static ObjectNode asItCame(SpanMark mark, JsonNode kept) {
        var span = Json.object();
        text(span, "traceId", kept, "trace_id");
        text(span, "spanId", kept, "span_id");
        text(span, "parentSpanId", kept, "parent_span_id");
        text(span, "traceState", kept, "trace_state");
        text(span, "name", kept, "name");
        span.put("kind", Math.max(0, KINDS.indexOf(kept.path("kind").asString(""))))
                .put("startTimeUnixNano", nanos(time(kept, "start_time", mark.startedAt())))
                .put("endTimeUnixNano", nanos(time(kept, "end_time", mark.endedAt())))
                .set("attributes", OtlpAttributes.of(kept.path("attributes")).pairs());
        if (kept.has("dropped_attributes_count")) {
            span.set("droppedAttributesCount", kept.path("dropped_attributes_count"));
        }
        span.set("events", events(kept.path("events"), mark.startedAt()));
        var links = span.putArray("links");
        for (var link : kept.path("links")) {
            var linked = links.addObject();
            text(linked, "traceId", link, "trace_id");
            text(linked, "spanId", link, "span_id");
            linked.set("attributes", OtlpAttributes.of(link.path("attributes")).pairs());
        }
        var status = span.putObject("status");
        text(status, "message", kept, "status_message");
        status.put("code", Math.max(0, STATUSES.indexOf(kept.path("status_code").asString(""))));
        return span;
    }

    static ArrayNode events(JsonNode kept, Instant otherwise) {
        var events = Json.array();
        for (var event : kept) {
            var told = events.addObject().put("timeUnixNano", nanos(time(event, "timestamp", otherwise)));
            text(told, "name", event, "name");
            told.set("attributes", OtlpAttributes.of(event.path("attributes")).pairs());
        }
        return events;
    }

    /** Of what has no such time, or says it in another way: another. */
    static Instant time(JsonNode kept, String name, Instant otherwise) {
        try {
            return Instant.parse(kept.path(name).asString(""));
        } catch (DateTimeParseException e) {
            return otherwise;
        }
    }

    /** Since 1970, 0 for none; the numbers end in the year 2554. */
    static String nanos(@Nullable Instant time) {
        if (time == null) {
            return "0";
        }
        var nanos = BigInteger.valueOf(time.getEpochSecond()).multiply(SECOND).add(BigInteger.valueOf(time.getNano()));
        return nanos.max(BigInteger.ZERO).min(LATEST).toString();
    }

    private static void text(ObjectNode to, String name, JsonNode from, String kept) {
        if (from.path(kept).isString()) {
            to.set(name, from.path(kept));
        }
    }
}
