// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.ingest;

import dev.assay.contracts.RunId;
import dev.assay.contracts.Uuids;
import dev.assay.contracts.event.SpansReceived.SpanHead;
import dev.assay.kit.problem.Problem;
import dev.assay.kit.web.RunRef;
import dev.assay.trace.ingest.OtlpForm.Source;
import dev.assay.trace.ingest.SpanScan.Taken;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status.StatusCode;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What is to be known of a span of OTLP: of which run it is, and what lists say of it. */
final class OtlpSpan {

    static final String SCHEMA = "otel.span.v1";

    private static final String RUN = "hud.task_run_id";
    private static final int TRACE_ID = 16;
    private static final int SPAN_ID = 8;

    private OtlpSpan() {}

    /**
     * The run that the span names, or its source; else that of the key, if it is the key of one; else the one that has the trace's id.
     *
     * @param ofKey null: the key is nobody's in particular
     */
    static RunId run(Span span, Source source, @Nullable RunId ofKey) throws LeftOutException {
        if (!isId(span.getTraceId().toByteArray(), TRACE_ID)) {
            throw new LeftOutException(".traceId", "must be " + TRACE_ID + " bytes, not all of them 0");
        }
        if (!isId(span.getSpanId().toByteArray(), SPAN_ID)) {
            throw new LeftOutException(".spanId", "must be " + SPAN_ID + " bytes, not all of them 0");
        }
        if (!span.getParentSpanId().isEmpty() && span.getParentSpanId().size() != SPAN_ID) {
            throw new LeftOutException(".parentSpanId", "must be " + SPAN_ID + " bytes, or none");
        }
        var named = Stream.of(span.getAttributesList(), source.resource().getAttributesList())
                .flatMap(List::stream)
                .filter(attribute -> attribute.getKey().equals(RUN))
                .findFirst();
        if (named.isEmpty()) {
            return ofKey != null ? ofKey : new RunId(Uuids.parse(OtlpBody.hex(span.getTraceId())));
        }
        try {
            return new RunId(RunRef.ofRun(RUN, named.get().getValue().getStringValue()).id());
        } catch (Problem noId) {
            throw new LeftOutException(String.valueOf(noId.getBody().getDetail()));
        }
    }

    private static boolean isId(byte[] id, int length) {
        var bits = 0;
        for (var octet : id) {
            bits |= octet;
        }
        return id.length == length && bits != 0;
    }

    static Taken taken(Span span, Source source, Instant receivedAt, OtlpRoom room) throws LeftOutException {
        var times = OtlpTimes.of(span, receivedAt);
        var body = OtlpBody.of(span, times, source, room);
        var head = new SpanHead(
                OtlpBody.hex(span.getSpanId()),
                SpanScan.label(span.getName().isEmpty() ? "span" : span.getName()),
                SCHEMA,
                null,
                times.started(),
                times.ended(),
                tool(span),
                hasFailed(span),
                body.remaining(),
                null);
        return new Taken(head, body);
    }

    private static @Nullable String tool(Span span) {
        return span.getAttributesList().stream()
                .filter(attribute -> attribute.getKey().equals("gen_ai.tool.name") || attribute.getKey().equals("tool.name"))
                .map(KeyValue::getValue)
                .map(value -> SpanScan.label(value.getStringValue()))
                .findFirst()
                .orElse(null);
    }

    /** An exception that was caught on the way is told beside a status of OK. */
    private static boolean hasFailed(Span span) {
        return switch (span.getStatus().getCode()) {
            case StatusCode.STATUS_CODE_ERROR -> true;
            case StatusCode.STATUS_CODE_OK -> false;
            default -> span.getEventsList().stream().anyMatch(event -> event.getName().equals("exception"));
        };
    }
}
