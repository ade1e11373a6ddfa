// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.ingest;

import dev.assay.contracts.event.SpansReceived;
import dev.assay.contracts.event.Topics;
import dev.assay.sdk.protocol.Json;
import dev.assay.trace.run.RunOwners;
import dev.assay.trace.run.TracedRuns;
import dev.assay.trace.span.Span;
import dev.assay.trace.span.SpanStore;
import dev.assay.trace.span.SpanStore.Place;
import dev.assay.trace.span.SpanStore.Placed;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;

/** Stores spans, a batch at a time. What cannot be stored at all is left out; what cannot be stored now is tried again. */
@Component
class SpansListener {

    private static final Logger log = LoggerFactory.getLogger(SpansListener.class);

    private final TracedRuns runs;
    private final SpanStore spans;
    private final RunOwners owners;

    SpansListener(TracedRuns runs, SpanStore spans, RunOwners owners) {
        this.runs = runs;
        this.spans = spans;
        this.owners = owners;
    }

    @KafkaListener(topics = Topics.SPANS, groupId = "trace-service-spans", batch = "true", concurrency = "${assay.spans.consumers}")
    void onSpans(List<ConsumerRecord<String, String>> records) {
        var batch = new ArrayList<Placed>();
        for (var received : records) {
            read(received).forEach(batch::add);
        }
        try {
            spans.insert(batch);
        } catch (DataIntegrityViolationException e) {
            // one of them is bad: find it, and let the others in
            batch.forEach(this::insertAlone);
        }
    }

    private Stream<Placed> read(ConsumerRecord<String, String> received) {
        try {
            var event = Json.MAPPER.readValue(received.value(), SpansReceived.class);
            if (isForeign(event)) {
                return Stream.empty();
            }
            var place = new Place(event.run(), event.team(), runs.dayOf(event.run(), event.team(), event.receivedAt()));
            var number = new AtomicLong(received.offset() << 16);
            return event.spans().stream()
                    .map(span -> new Placed(
                            place, Span.of(span, event.receivedAt()), event.attempt(), event.receivedAt(), number.getAndIncrement()))
                    .toList().stream();
        } catch (JacksonException | IllegalArgumentException | NullPointerException e) {
            log.error("Record {}-{} at {} is no upload of spans and is left out", received.topic(), received.partition(), received.offset(), e);
            return Stream.empty();
        }
    }

    /** The upload may have come while nobody could be asked. Unanswered still, it is stored as that team's own: no other team sees it. */
    private boolean isForeign(SpansReceived event) {
        Objects.requireNonNull(event.team(), "team");
        var foreign = owners.claim(event.run(), event.team()).filter(owner -> !owner.equals(event.team())).isPresent();
        if (foreign) {
            log.warn("Spans of team {} for run {}, which is another's, are left out", event.team(), event.run());
        }
        return foreign;
    }

    private void insertAlone(Placed span) {
        try {
            spans.insert(List.of(span));
        } catch (DataIntegrityViolationException e) {
            log.error("Span {} of run {} cannot be stored and is left out", span.span().spanId(), span.place().run(), e);
        }
    }
}
