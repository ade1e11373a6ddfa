// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.span;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/** What becomes of spans, in numbers: {@code assay.worker.spans} by outcome. One that was spooled is counted again when it is sent. */
final class SpanCounts {

    private final Counter sent;
    private final Counter spooled;
    private final Counter refused;
    private final Counter discarded;
    private final Counter lost;

    SpanCounts(MeterRegistry meters) {
        sent = meters.counter("assay.worker.spans", "outcome", "sent");
        spooled = meters.counter("assay.worker.spans", "outcome", "spooled");
        refused = meters.counter("assay.worker.spans", "outcome", "refused");
        discarded = meters.counter("assay.worker.spans", "outcome", "discarded");
        lost = meters.counter("assay.worker.spans", "outcome", "lost");
    }

    void sent(int number) {
        sent.increment(number);
    }

    /** Put on disk. */
    void spooled(int number) {
        spooled.increment(number);
    }

    /** By trace-service, for good. */
    void refused(int number) {
        refused.increment(number);
    }

    /** Of attempts that lost their lease: they belong in no timeline. */
    void discarded(int number) {
        discarded.increment(number);
    }

    /** For want of room in memory and on disk. */
    void lost(int number) {
        lost.increment(number);
    }

    long lostSoFar() {
        return (long) lost.count();
    }
}
