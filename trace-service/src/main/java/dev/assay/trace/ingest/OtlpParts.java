// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.ingest;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Counts what is in a message of OTLP before the library makes objects of it: two bytes may stand for one. */
final class OtlpParts {

    private int fields;

    private OtlpParts() {}

    /** The messages in which others may stand, with the numbers of their fields. */
    enum Kind {
        SPAN, EVENT, LINK, RESOURCE, SCOPE, ATTRIBUTE, VALUE, ARRAY, LIST;

        private @Nullable Kind in(int field) {
            return switch (this) {
                case SPAN -> field == 9 ? ATTRIBUTE : field == 11 ? EVENT : field == 13 ? LINK : null;
                case EVENT, SCOPE -> field == 3 ? ATTRIBUTE : null;
                case LINK -> field == 4 ? ATTRIBUTE : null;
                case RESOURCE, LIST -> field == 1 ? ATTRIBUTE : null;
                case ATTRIBUTE -> field == 2 ? VALUE : null;
                case VALUE -> field == 5 ? ARRAY : field == 6 ? LIST : null;
                case ARRAY -> field == 1 ? VALUE : null;
            };
        }
    }

    static void check(Slice message, Kind kind) throws IOException, LeftOutException {
        new OtlpParts().count(message, kind, 0);
    }

    private void count(Slice message, Kind kind, int depth) throws IOException, LeftOutException {
        if (depth > OtlpForm.DEEPEST) {
            throw new LeftOutException("has values nested deeper than " + OtlpForm.DEEPEST + " levels");
        }
        var in = OtlpProtobuf.input(message);
        for (var tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (++fields > OtlpForm.MOST_FIELDS) {
                throw new LeftOutException("has more than " + OtlpForm.MOST_FIELDS + " fields");
            }
            var inner = WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_LENGTH_DELIMITED
                    ? kind.in(WireFormat.getTagFieldNumber(tag))
                    : null;
            if (inner != null) {
                count(OtlpProtobuf.next(in, message), inner, inner == Kind.VALUE ? depth + 1 : depth);
            } else if (WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_START_GROUP || !in.skipField(tag)) {
                throw new InvalidProtocolBufferException("OTLP has no groups");
            }
        }
    }
}
