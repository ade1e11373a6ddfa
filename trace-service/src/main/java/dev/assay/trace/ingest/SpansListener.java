// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.ingest;

import dev.assay.contracts.TeamId;
import dev.assay.contracts.event.SpansReceived;
import dev.assay.contracts.event.Topics;
import dev.assay.kit.deadletter.DeadLetters;
import dev.assay.kit.problem.Problem;
import dev.assay.trace.run.RunDays;
import dev.assay.trace.run.RunOwners;
import dev.assay.trace.span.SpanRows;
import dev.assay.trace.span.SpanRows.Placed;
import dev.assay.trace.span.SpanStore.Place;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.PessimisticLockingFailureException;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.stereotype.Component;

/**
 * Stores spans, a batch at a time. Trouble with the database passes and is waited for; a span that it never takes is a dead letter, and a
 * run whose rows somebody else holds goes to the end of the queue: what is behind them moves on.
 */
@Component
class SpansListener {

    private static final Logger log = LoggerFactory.getLogger(SpansListener.class);

    private final RunDays days;
    private final SpanRows spans;
    private final RunOwners owners;
    private final SpanSink sink;
    private final DeadLetters deadLetters;

    SpansListener(RunDays days, SpanRows spans, RunOwners owners, SpanSink sink, DeadLetters deadLetters) {
        this.days = days;
        this.spans = spans;
        this.owners = owners;
        this.sink = sink;
        this.deadLetters = deadLetters;
    }

    /** A record that can be read. */
    private record Arrived(SpansRecord.Read content, long offset, byte[] value) {

        SpansReceived upload() {
            return content.upload();
        }
    }

    @KafkaListener(
            topics = Topics.SPANS,
            groupId = "trace-service-spans",
            batch = "true",
            concurrency = "${assay.spans.consumers}",
            // what comes within a moment goes into the table together
            properties = {
                "value.deserializer=org.apache.kafka.common.serialization.ByteArrayDeserializer",
                "fetch.min.bytes=250000",
                "fetch.max.wait.ms=50"
            })
    void onSpans(List<ConsumerRecord<@Nullable String, byte @Nullable []>> records) {
        var arrived = new ArrayList<Arrived>();
        records.forEach(received -> read(received, arrived));
        store(arrived);
    }

    private void read(ConsumerRecord<@Nullable String, byte @Nullable []> received, List<Arrived> arrived) {
        var value = Objects.requireNonNullElse(received.value(), new byte[0]);
        SpansRecord.Read content;
        try {
            content = SpansRecord.decode(value);
        } catch (RuntimeException e) {
            var at = " (" + received.topic() + "-" + received.partition() + " at " + received.offset() + ")";
            setAside(received.key(), null, value, "no upload of spans: " + e.getMessage() + at);
            return;
        }
        if (isForeign(content.upload())) {
            setAside(received.key(), content.upload().team(), value, "the run is another team's");
        } else {
            arrived.add(new Arrived(content, received.offset(), value));
        }
    }

    /**
     * The upload may have come while nobody could be asked. Unanswered still, it is stored as that team's own: no other team sees it. Whose the
     * run of an attempt is, the attempt's key has said.
     */
    private boolean isForeign(SpansReceived upload) {
        return upload.attempt() == null
                && owners.claim(upload.run(), upload.team()).filter(owner -> !owner.equals(upload.team())).isPresent();
    }

    private void store(List<Arrived> arrived) {
        if (arrived.isEmpty()) {
            return;
        }
        try {
            insert(arrived);
        } catch (PessimisticLockingFailureException e) {
            // somebody holds rows of one of the runs: find it, and let the others in
            arrived.stream().collect(Collectors.groupingBy(one -> one.upload().run(), LinkedHashMap::new, Collectors.toList()))
                    .values()
                    .forEach(this::storeOrPutBack);
        }
    }

    /** At the end of the queue its turn comes again. It is durable there before its place here is given up. */
    private void storeOrPutBack(List<Arrived> ofOneRun) {
        try {
            insert(ofOneRun);
        } catch (PessimisticLockingFailureException held) {
            var upload = ofOneRun.getFirst().upload();
            log.warn("Somebody holds the rows of run {}, which waits at the end of the queue: {}", upload.run(), held.toString());
            try {
                ofOneRun.forEach(one -> sink.accept(upload.run().toString(), one.upload().team(), List.of(one.value())));
            } catch (Problem noPlace) {
                throw held; // then everything waits
            }
        }
    }

    private void insert(List<Arrived> arrived) {
        var placed = place(arrived);
        try {
            spans.insert(placed);
        } catch (DataIntegrityViolationException e) {
            // one of them is bad: find it, and let the others in
            placed.forEach(this::storeAlone);
        }
    }

    private List<Placed> place(List<Arrived> arrived) {
        var days = this.days.of(arrived.stream().map(one -> one.upload()).toList());
        var placed = new ArrayList<Placed>();
        for (var one : arrived) {
            var upload = one.upload();
            var place = new Place(upload.run(), upload.team(), days.get(upload.run()));
            var number = 0;
            for (var entry : one.content().entries()) {
                placed.add(new Placed(
                        place, entry.head(), entry.body(), upload.attempt(), upload.receivedAt(), SpansRecord.seq(one.offset(), number++)));
            }
        }
        return placed;
    }

    private void storeAlone(Placed span) {
        try {
            spans.insert(List.of(span));
        } catch (DataIntegrityViolationException e) {
            var place = span.place();
            var alone = new SpansReceived(place.run(), place.team(), span.attempt(), span.receivedAt(), List.of());
            var record = SpansRecord.encode(alone, List.of(new SpansRecord.Entry(span.head(), span.body())));
            var reason = "span " + span.head().spanId() + " cannot be stored: " + e.getMostSpecificCause().getMessage();
            setAside(place.run().toString(), place.team(), record, reason);
        }
    }

    private void setAside(@Nullable String key, @Nullable TeamId team, byte[] value, String reason) {
        deadLetters.put(Topics.SPANS, key == null ? "" : key, team, value, reason);
    }
}
