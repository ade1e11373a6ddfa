// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.ingest;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Parser;
import com.google.protobuf.WireFormat;
import dev.assay.kit.problem.Problem;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import org.springframework.http.MediaType;

/** {@code application/x-protobuf}. What is around the spans is read by hand, the spans by the library. */
final class OtlpProtobuf implements OtlpForm {

    static final String TYPE = "application/x-protobuf";

    private int groups;

    private interface Part {
        void at(int number, Slice part) throws IOException;
    }

    @Override
    public MediaType type() {
        return MediaType.parseMediaType(TYPE);
    }

    @Override
    public void walk(byte[] body, Found found) {
        try {
            var field = ExportTraceServiceRequest.RESOURCE_SPANS_FIELD_NUMBER;
            each(Slice.of(body), field, (number, group) -> {}); // of what was cut off nothing is taken
            each(Slice.of(body), field, (number, group) -> resource("resourceSpans[" + number + "]", group, found));
        } catch (IOException e) {
            throw Problem.badRequest("body", "not the protobuf of an OTLP export, or not all of it");
        }
    }

    private void resource(String at, Slice group, Found found) throws IOException {
        OtlpForm.checkGroups(++groups);
        var resource = around(at + ".resource", group, ResourceSpans.RESOURCE_FIELD_NUMBER, OtlpParts.Kind.RESOURCE, Resource.parser(),
                Resource.getDefaultInstance());
        each(group, ResourceSpans.SCOPE_SPANS_FIELD_NUMBER,
                (number, spans) -> scope(at + ".scopeSpans[" + number + "]", resource, spans, found));
    }

    private void scope(String at, Resource resource, Slice group, Found found) throws IOException {
        OtlpForm.checkGroups(++groups);
        var scope = around(at + ".scope", group, ScopeSpans.SCOPE_FIELD_NUMBER, OtlpParts.Kind.SCOPE, InstrumentationScope.parser(),
                InstrumentationScope.getDefaultInstance());
        var source = new Source(resource, scope);
        each(group, ScopeSpans.SPANS_FIELD_NUMBER, (number, span) -> found.span(at + ".spans[" + number + "]", source, span));
    }

    /** What all spans of a group have in common may stand behind them. */
    private static <T> T around(String at, Slice group, int field, OtlpParts.Kind kind, Parser<T> parser, T otherwise) throws IOException {
        var last = new Slice[1];
        each(group, field, (number, part) -> last[0] = part);
        try {
            return last[0] == null ? otherwise : read(last[0], kind, parser);
        } catch (LeftOutException e) {
            throw Problem.badRequest(at + e.at(), e.reason());
        }
    }

    @Override
    public Span read(Slice span) throws LeftOutException {
        return read(span, OtlpParts.Kind.SPAN, Span.parser());
    }

    private static <T> T read(Slice message, OtlpParts.Kind kind, Parser<T> parser) throws LeftOutException {
        OtlpForm.checkSize(message);
        try {
            OtlpParts.check(message, kind);
            return parser.parseFrom(message.bytes(), message.from(), message.length());
        } catch (IOException e) {
            throw new LeftOutException("cannot be read: " + e.getMessage());
        }
    }

    @Override
    public byte[] answer(ExportTraceServiceResponse answer) {
        return answer.toByteArray();
    }

    static CodedInputStream input(Slice message) {
        return CodedInputStream.newInstance(message.bytes(), message.from(), message.length());
    }

    /** The messages that stand under a number in a message. */
    private static void each(Slice message, int field, Part part) throws IOException {
        var in = input(message);
        var number = 0;
        for (var tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (tag == (field << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED)) {
                part.at(number++, next(in, message));
            } else if (!in.skipField(tag)) {
                throw new InvalidProtocolBufferException("a group ends that did not begin");
            }
        }
    }

    /** What stands behind the tag that was just read: its length, and so many bytes. */
    static Slice next(CodedInputStream in, Slice message) throws IOException {
        var length = in.readRawVarint32();
        var from = in.getTotalBytesRead();
        in.skipRawBytes(length);
        return message.part(from, length);
    }
}
