// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.ingest;

import dev.assay.kit.problem.Problem;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.Span;
import org.springframework.http.MediaType;

/**
 * One of the two forms of OTLP over HTTP. An export is gone through span by span, so that one that cannot be read refuses no other, and so
 * that not more than one of them is unpacked at a time: two bytes may stand for an object.
 */
sealed interface OtlpForm permits OtlpProtobuf, OtlpJson {

    /** Values in values. Protobuf's own reader goes so deep with lists of lists, and a little further. */
    int DEEPEST = 30;

    /** So many fields has a span at most, with those of all that is in it: each attribute is four. */
    int MOST_FIELDS = 400_000;

    /** So many spans are taken at once, and so many groups of them; exporters send hundreds. More are passed over, which costs little. */
    int MOST = 100_000;

    /** A span is no larger on its way, nor what it comes from: it is held as objects, and as JSON, which may be six times as much. */
    int LARGEST = 8 * 1024 * 1024;

    static void checkSize(Slice message) throws LeftOutException {
        if (message.length() > LARGEST) {
            throw new LeftOutException("is larger than " + LARGEST + " bytes");
        }
    }

    static void checkGroups(int groups) {
        if (groups > MOST) {
            throw Problem.badRequest("body", "has more than " + MOST + " groups of spans");
        }
    }

    /** Where spans come from. */
    record Source(Resource resource, InstrumentationScope scope) {}

    interface Found {
        void span(String at, Source source, Slice span);
    }

    static OtlpForm of(MediaType type) {
        return type.isCompatibleWith(MediaType.APPLICATION_JSON) ? new OtlpJson() : new OtlpProtobuf();
    }

    MediaType type();

    /** @throws Problem 400 if the body is no export; of the spans in it nothing is said yet */
    void walk(byte[] body, Found found);

    Span read(Slice span) throws LeftOutException;

    byte[] answer(ExportTraceServiceResponse answer);
}
