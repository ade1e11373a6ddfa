// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.ingest;

import io.opentelemetry.proto.trace.v1.Span;
import java.time.Instant;

/** When a span was, as far as its sender's clock says: 0 is no time, and a span without one was when it came. */
record OtlpTimes(Instant started, Instant ended) {

    private static final long SECOND = 1_000_000_000;

    static OtlpTimes of(Span span, Instant receivedAt) {
        var started = of(span.getStartTimeUnixNano(), receivedAt);
        return new OtlpTimes(started, of(span.getEndTimeUnixNano(), started));
    }

    /** @param nanos since 1970, without a sign: they end in the year 2554 */
    static Instant of(long nanos, Instant otherwise) {
        return nanos == 0
                ? otherwise
                : Instant.ofEpochSecond(Long.divideUnsigned(nanos, SECOND), Long.remainderUnsigned(nanos, SECOND));
    }
}
