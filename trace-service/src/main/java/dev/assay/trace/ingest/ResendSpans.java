// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.ingest;

import dev.assay.contracts.event.Topics;
import dev.assay.kit.blob.Blobs;
import dev.assay.kit.deadletter.DeadLetter;
import dev.assay.kit.deadletter.Resend;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;
import org.springframework.stereotype.Component;

/** Puts spans that were set aside on their way once more. */
@Component
class ResendSpans implements Resend {

    private final SpanSink sink;
    private final Blobs blobs;
    private final SpansSettings settings;

    ResendSpans(SpanSink sink, Blobs spanBlobs, SpansSettings settings) {
        this.sink = sink;
        this.blobs = spanBlobs;
        this.settings = settings;
    }

    @Override
    public String queue() {
        return Topics.SPANS;
    }

    @Override
    public void send(DeadLetter letter) {
        for (var record : records(letter.payload())) {
            var delivery = SpanSink.await(sink.send(letter.key(), record), settings.delivery().toNanos());
            if (!(delivery instanceof Delivery.Made)) {
                throw new IllegalStateException("The broker did not take it: " + delivery);
            }
        }
    }

    /** What an earlier release kept whole, and no broker takes, becomes several records; large bodies go by reference. */
    private List<byte[]> records(byte[] payload) {
        if (payload.length <= SpansRecord.LARGEST) {
            return List.of(payload);
        }
        var whole = SpansRecord.decode(payload);
        var spans = whole.entries().stream().map(entry -> new SpanScan.Taken(entry.head(), Objects.requireNonNull(entry.body()))).toList();
        try {
            return SpansRecord.of(whole.upload(), spans, SpansRecord.Away.among(blobs));
        } catch (IOException e) {
            throw new UncheckedIOException("The disk did not take a large span", e);
        }
    }
}
