// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.report;

import dev.assay.contracts.RunId;
import dev.assay.contracts.event.Topics;
import dev.assay.job.run.ClientActivity;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.stereotype.Component;

/** Spans are signs of life: a client that still sends some has not abandoned its run. Only the records' keys are looked at. */
@Component
class SpanActivity {

    private static final Duration OFTEN_ENOUGH = Duration.ofSeconds(5);
    private static final int MANY = 10_000;

    private final ClientActivity activity;
    private final Clock clock;
    private final Map<RunId, Instant> touched = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<RunId, Instant> eldest) {
            return size() > MANY;
        }
    };

    SpanActivity(ClientActivity activity, Clock clock) {
        this.activity = activity;
        this.clock = clock;
    }

    @KafkaListener(topics = Topics.SPANS, batch = "true")
    void received(List<ConsumerRecord<String, byte[]>> records) {
        var now = clock.instant();
        var due = new LinkedHashSet<RunId>();
        for (var received : records) {
            note(received.key(), now, due);
        }
        if (!due.isEmpty()) {
            activity.touch(List.copyOf(due), now);
        }
    }

    private void note(@Nullable String key, Instant now, Set<RunId> due) {
        if (key == null) {
            return;
        }
        RunId run;
        try {
            run = RunId.parse(key);
        } catch (IllegalArgumentException noRun) {
            return;
        }
        var last = touched.get(run);
        if (last == null || !now.isBefore(last.plus(OFTEN_ENOUGH))) {
            touched.put(run, now);
            due.add(run);
        }
    }
}
