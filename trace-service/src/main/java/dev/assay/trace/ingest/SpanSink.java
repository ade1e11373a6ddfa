// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.ingest;

import dev.assay.contracts.event.Topics;
import dev.assay.kit.problem.Problem;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Makes spans durable: on the broker or, while that is away, on this machine's disk. */
@Component
class SpanSink {

    private static final Logger log = LoggerFactory.getLogger(SpanSink.class);

    private final Producer<String, String> producer;
    private final Spool spool;
    private final SpansSettings settings;
    private final Clock clock;
    private final Counter toBroker;
    private final Counter toSpool;
    private volatile Instant brokerRestsUntil = Instant.MIN;

    SpanSink(Producer<String, String> spanProducer, Spool spool, SpansSettings settings, Clock clock, MeterRegistry meters) {
        this.producer = spanProducer;
        this.spool = spool;
        this.settings = settings;
        this.clock = clock;
        this.toBroker = meters.counter("assay.spans.accepted", "to", "broker");
        this.toSpool = meters.counter("assay.spans.accepted", "to", "spool");
        meters.gauge("assay.spans.spool.files", spool, Spool::size);
    }

    /** Returns once the event is durable. */
    void accept(String key, String event, int spans) {
        if (!clock.instant().isBefore(brokerRestsUntil) && send(key, event)) {
            toBroker.increment(spans);
            return;
        }
        try {
            spool.append(key, event);
            toSpool.increment(spans);
        } catch (IOException e) {
            log.error("Neither broker nor disk took the spans of run {}", key, e);
            // 503 is what clients try again after
            throw Problem.unavailable("Spans can be stored neither on the broker nor on disk.");
        }
    }

    /** Whether the broker has it. After a failure it is left alone for a while, so that not every upload waits for it. */
    boolean send(String key, String event) {
        try {
            var acknowledged = new CompletableFuture<Void>();
            producer.send(new ProducerRecord<>(Topics.SPANS, key, event), (metadata, failure) -> {
                if (failure == null) {
                    acknowledged.complete(null);
                } else {
                    acknowledged.completeExceptionally(failure);
                }
            });
            acknowledged.get(2 * settings.patience().toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (ExecutionException | TimeoutException | KafkaException e) {
            log.warn("The broker did not take spans of run {}: {}", key, e.toString());
            brokerRestsUntil = clock.instant().plus(settings.rest());
            return false;
        }
    }
}
