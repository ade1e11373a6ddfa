// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.ingest;

import dev.assay.contracts.event.Topics;
import dev.assay.kit.deadletter.DeadLetter;
import dev.assay.kit.deadletter.Resend;
import org.springframework.stereotype.Component;

/** Puts spans that were set aside on their way once more. */
@Component
class ResendSpans implements Resend {

    private final SpanSink sink;
    private final SpansSettings settings;

    ResendSpans(SpanSink sink, SpansSettings settings) {
        this.sink = sink;
        this.settings = settings;
    }

    @Override
    public String queue() {
        return Topics.SPANS;
    }

    @Override
    public void send(DeadLetter letter) {
        var delivery = SpanSink.await(sink.send(letter.key(), letter.payload()), settings.delivery().toNanos());
        if (!(delivery instanceof Delivery.Made)) {
            throw new IllegalStateException("The broker did not take it: " + delivery);
        }
    }
}
