// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.ingest;

import dev.assay.contracts.TeamId;
import dev.assay.contracts.event.SpansReceived;
import dev.assay.contracts.event.Topics;
import dev.assay.kit.blob.Blobs;
import dev.assay.kit.deadletter.DeadLetters;
import dev.assay.kit.problem.Problem;
import dev.assay.kit.problem.Telemetry;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * Makes spans durable: on the broker or, while that is away, on this machine's disk. What the broker will never take is a dead letter, and
 * keeps nothing else waiting.
 */
@Component
class SpanSink {

    private static final Logger log = LoggerFactory.getLogger(SpanSink.class);

    private final Producer<String, byte[]> producer;
    private final Spool spool;
    private final Blobs blobs;
    private final DeadLetters deadLetters;
    private final SpansSettings settings;
    private final Clock clock;
    private final Counter toBroker;
    private final Counter toSpool;
    private final Counter toNowhere;
    private volatile Instant brokerRestsUntil = Instant.MIN;

    SpanSink(
            Producer<String, byte[]> spanProducer,
            Spool spool,
            Blobs spanBlobs,
            DeadLetters deadLetters,
            SpansSettings settings,
            Clock clock,
            MeterRegistry meters) {
        this.producer = spanProducer;
        this.spool = spool;
        this.blobs = spanBlobs;
        this.deadLetters = deadLetters;
        this.settings = settings;
        this.clock = clock;
        this.toBroker = meters.counter("assay.spans.records", "to", "broker");
        this.toSpool = meters.counter("assay.spans.records", "to", "spool");
        this.toNowhere = meters.counter("assay.spans.records", "to", "nowhere");
        meters.gauge("assay.spans.spool.files", spool, Spool::size);
        meters.gauge("assay.spans.spool.bytes", spool, Spool::bytes);
        meters.gauge("assay.spans.spool.aside", spool, Spool::aside);
    }

    /** A record on its way to the broker. What comes of it never fails. */
    record Sent(byte[] value, CompletableFuture<Delivery> delivery) {}

    /**
     * Returns once all these spans are durable.
     *
     * @param upload without spans
     * @throws Problem 503 if that cannot be: what clients try again after
     */
    void accept(SpansReceived upload, List<SpanScan.Taken> spans) {
        List<byte[]> records;
        try {
            records = SpansRecord.of(upload, spans, SpansRecord.Away.among(blobs));
        } catch (IOException e) {
            log.error("The disk did not take a span of run {}", upload.run(), e);
            throw Problem.unavailable("A large span can be stored nowhere just now.", Telemetry.TRY_AGAIN);
        }
        accept(upload.run().toString(), upload.team(), records);
    }

    /**
     * Returns once all records are durable.
     *
     * @throws Problem 503 if that cannot be: what clients try again after
     */
    void accept(String key, TeamId team, List<byte[]> records) {
        if (brokerRests()) {
            keep(key, records);
            return;
        }
        var unsent = new ArrayList<byte[]>();
        var until = System.nanoTime() + settings.patience().toNanos();
        for (var sent : records.stream().map(value -> send(key, value)).toList()) {
            switch (await(sent, until - System.nanoTime())) {
                case Delivery.Made made -> toBroker.increment();
                case Delivery.Refused refused -> setAside(key, team, sent.value(), refused.reason());
                case Delivery.Awaited awaited -> {
                    rest(awaited.reason());
                    // the producer goes on trying, so it may get there twice, which harms nobody: a span is stored once
                    unsent.add(sent.value());
                }
            }
        }
        if (!unsent.isEmpty()) { // or each upload would wait for others' syncs
            keep(key, unsent);
        }
    }

    /** After a failure the broker is left alone for a while, so that not every upload waits for it. */
    boolean brokerRests() {
        return clock.instant().isBefore(brokerRestsUntil);
    }

    void rest(String reason) {
        log.warn("The broker takes no spans just now: {}", reason);
        brokerRestsUntil = clock.instant().plus(settings.rest());
    }

    Sent send(String key, byte[] value) {
        var delivery = new CompletableFuture<Delivery>();
        try {
            producer.send(new ProducerRecord<>(Topics.SPANS, key, value), (metadata, failure) -> delivery.complete(Delivery.of(failure)));
        } catch (RuntimeException e) {
            delivery.complete(Delivery.of(e));
        }
        return new Sent(value, delivery);
    }

    static Delivery await(Sent sent, long nanos) {
        try {
            return sent.delivery().completeOnTimeout(new Delivery.Awaited("no acknowledgement in time"), Math.max(0, nanos), TimeUnit.NANOSECONDS)
                    .get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Delivery.Awaited("this service is being stopped");
        } catch (java.util.concurrent.ExecutionException e) {
            return Delivery.of(e.getCause());
        }
    }

    /** For the operator, who may send it again. */
    void setAside(String key, @Nullable TeamId team, byte[] value, String reason) {
        try {
            deadLetters.put(Topics.SPANS, key, team, value, reason);
        } catch (DataAccessException | TransactionException e) {
            log.warn("No place for a dead letter: {}", e.toString());
            keep(key, List.of(value));
        }
    }

    private void keep(String key, List<byte[]> values) {
        try {
            spool.append(values.stream().map(value -> new Spool.Entry(key, value)).toList());
            toSpool.increment(values.size());
        } catch (IOException e) {
            toNowhere.increment(values.size());
            log.error("Neither broker nor disk took the spans of run {}: {}", key, e.toString());
            throw Problem.unavailable("Spans can be stored neither on the broker nor on disk.", Telemetry.TRY_AGAIN);
        }
    }
}
