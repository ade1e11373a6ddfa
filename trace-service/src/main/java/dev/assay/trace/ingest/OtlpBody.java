// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.ingest;

import com.google.protobuf.ByteString;
import dev.assay.sdk.protocol.Json;
import dev.assay.trace.ingest.OtlpForm.Source;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.Span;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import tools.jackson.core.JsonGenerator;

/**
 * A span of OTLP as it is kept: JSON with the members that clients' spans have, beside them where it comes from and what it is linked to.
 * Attributes are an object, values plain; bytes are base64, and what JSON has no number for is null.
 */
final class OtlpBody {

    private final JsonGenerator out;

    private OtlpBody(JsonGenerator out) {
        this.out = out;
    }

    static ByteBuffer of(Span span, OtlpTimes times, Source source, OtlpRoom room) throws LeftOutException {
        var bytes = room.place();
        try (var out = Json.MAPPER.createGenerator(bytes)) {
            new OtlpBody(out).span(span, times, source);
        } catch (OtlpRoom.FullException e) {
            throw new LeftOutException(String.valueOf(e.getMessage()));
        }
        return ByteBuffer.wrap(bytes.toByteArray());
    }

    static String hex(ByteString id) {
        return HexFormat.of().formatHex(id.toByteArray());
    }

    private void span(Span span, OtlpTimes times, Source source) throws LeftOutException {
        out.writeStartObject();
        text("name", span.getName());
        text("trace_id", hex(span.getTraceId()));
        text("span_id", hex(span.getSpanId()));
        text("parent_span_id", hex(span.getParentSpanId()));
        text("trace_state", span.getTraceState());
        text("kind", span.getKind() == Span.SpanKind.UNRECOGNIZED ? "" : span.getKind().name().substring("SPAN_KIND_".length()));
        text("start_time", times.started().toString());
        text("end_time", times.ended().toString());
        text("status_code", switch (span.getStatus().getCode()) {
            case STATUS_CODE_OK -> "OK";
            case STATUS_CODE_ERROR -> "ERROR";
            default -> "UNSET";
        });
        text("status_message", span.getStatus().getMessage());
        attributes(span.getAttributesList());
        if (span.getDroppedAttributesCount() > 0) {
            out.writeNumberProperty("dropped_attributes_count", span.getDroppedAttributesCount());
        }
        out.writeArrayPropertyStart("events");
        for (var event : span.getEventsList()) {
            out.writeStartObject();
            text("name", event.getName());
            text("timestamp", OtlpTimes.of(event.getTimeUnixNano(), times.started()).toString());
            attributes(event.getAttributesList());
            out.writeEndObject();
        }
        out.writeEndArray();
        links(span.getLinksList());
        out.writeObjectPropertyStart("scope");
        text("name", source.scope().getName());
        text("version", source.scope().getVersion());
        attributes(source.scope().getAttributesList());
        out.writeEndObject();
        out.writeObjectPropertyStart("resource");
        attributes(source.resource().getAttributesList());
        out.writeEndObject();
        out.writeEndObject();
    }

    private void links(List<Span.Link> links) throws LeftOutException {
        out.writeArrayPropertyStart("links");
        for (var link : links) {
            out.writeStartObject();
            text("trace_id", hex(link.getTraceId()));
            text("span_id", hex(link.getSpanId()));
            attributes(link.getAttributesList());
            out.writeEndObject();
        }
        out.writeEndArray();
    }

    /** Protobuf does not tell an empty string from none. */
    private void text(String name, String text) {
        if (!text.isEmpty()) {
            out.writeStringProperty(name, text);
        }
    }

    private void attributes(List<KeyValue> attributes) throws LeftOutException {
        out.writeName("attributes");
        object(attributes);
    }

    private void object(List<KeyValue> pairs) throws LeftOutException {
        out.writeStartObject();
        for (var pair : pairs) {
            if (pair.getKey().length() > SpanScan.LONGEST_KEY) {
                throw new LeftOutException("has a key of more than " + SpanScan.LONGEST_KEY + " characters");
            }
            out.writeName(pair.getKey());
            value(pair.getValue());
        }
        out.writeEndObject();
    }

    private void value(AnyValue value) throws LeftOutException {
        switch (value.getValueCase()) {
            case STRING_VALUE -> out.writeString(value.getStringValue());
            case BOOL_VALUE -> out.writeBoolean(value.getBoolValue());
            case INT_VALUE -> out.writeNumber(value.getIntValue());
            case DOUBLE_VALUE -> {
                if (Double.isFinite(value.getDoubleValue())) {
                    out.writeNumber(value.getDoubleValue());
                } else {
                    out.writeNull();
                }
            }
            case ARRAY_VALUE -> {
                out.writeStartArray();
                for (var element : value.getArrayValue().getValuesList()) {
                    value(element);
                }
                out.writeEndArray();
            }
            case KVLIST_VALUE -> object(value.getKvlistValue().getValuesList());
            case BYTES_VALUE -> out.writeString(Base64.getEncoder().encodeToString(value.getBytesValue().toByteArray()));
            default -> out.writeNull();
        }
    }
}
