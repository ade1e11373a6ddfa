// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.report;

import com.github.benmanes.caffeine.cache.Cache;
import dev.assay.contracts.RunId;
import dev.assay.contracts.event.Topics;
import dev.assay.job.run.ClientActivity;
import dev.assay.kit.cache.Caches;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
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
    private final Cache<RunId, Boolean> touched;

    SpanActivity(ClientActivity activity) {
        this.activity = activity;
        this.touched = Caches.builder()
                .maximumSize(MANY)
                .expireAfterWrite(OFTEN_ENOUGH)
                .build();
    }

    /**
     * Whoever comes here for the first time begins at the end: signs of life of days ago are none. They are gathered for a second: of each
     * piece that is heard the broker writes down that it was, and for one upload that costs as much as for a hundred.
     */
    @KafkaListener(
            topics = Topics.SPANS,
            batch = "true",
            properties = {"auto.offset.reset=latest", "fetch.min.bytes=1000000", "fetch.max.wait.ms=1000"})
    void received(List<ConsumerRecord<String, byte[]>> records) {
        var due = new LinkedHashSet<RunId>();
        for (var received : records) {
            note(received.key(), due);
        }
        if (!due.isEmpty()) {
            activity.touch(List.copyOf(due));
            // only now: what the database has lost comes again, and is then to be written
            due.forEach(run -> touched.put(run, true));
        }
    }

    private void note(@Nullable String key, Set<RunId> due) {
        if (key == null) {
            return;
        }
        RunId run;
        try {
            run = RunId.parse(key);
        } catch (IllegalArgumentException noRun) {
            return;
        }
        if (touched.getIfPresent(run) == null) {
            due.add(run);
        }
    }
}
