// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.span;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.sdk.protocol.step.SystemStep;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class TimelineTests {

    private static final String RUN = "0123456789abcdef0123456789abcdef";

    private final List<String> taken = new CopyOnWriteArrayList<>();
    private final AtomicInteger tries = new AtomicInteger();

    @Test
    void sendsAllInOrderBeforeItIsFinished() throws Exception {
        var timeline = new Timeline(RUN, batch -> {
            batch.forEach(span -> taken.add(span.path("status_message").asString()));
            return true;
        });
        for (int i = 0; i < 120; i++) {
            say(timeline, "step " + i);
        }
        assertThat(timeline.finish(Duration.ofSeconds(5))).isTrue();
        assertThat(taken).hasSize(120).startsWith("step 0", "step 1").endsWith("step 119");
    }

    @Test
    void sendsAgainWhatWasNotTaken() throws Exception {
        var timeline = new Timeline(RUN, batch -> {
            if (tries.incrementAndGet() < 3) {
                return false;
            }
            batch.forEach(span -> taken.add(span.path("span_id").asString()));
            return true;
        });
        say(timeline, "once");
        assertThat(timeline.finish(Duration.ofSeconds(5))).isTrue();
        assertThat(taken).hasSize(1);
    }

    @Test
    void waitsNoLongerThanItMay() throws Exception {
        var timeline = new Timeline(RUN, batch -> false);
        say(timeline, "never taken");
        assertThat(timeline.finish(Duration.ofMillis(50))).isFalse();
        timeline.discard();
    }

    private static void say(Timeline timeline, String text) {
        timeline.record(new SystemStep(text), null, Instant.EPOCH);
    }
}
