// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class InterruptibleTests {

    private static final Duration SOON = Duration.ofMillis(50);
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final AtomicBoolean stopped = new AtomicBoolean();
    private final Thread caller = Thread.currentThread();

    @Test
    void workWhoseTimeIsOverHasStoppedWhenTheCallerGoesOn() {
        assertThatThrownBy(() -> Interruptible.call(this::stopWhenTheCallerWaitsForIt, SOON, PATIENCE))
                .isInstanceOf(TimeoutException.class);
        assertThat(stopped).isTrue();
    }

    @Test
    void workIsNotWaitedForWithoutABound() {
        var never = new CountDownLatch(1);
        assertThatThrownBy(() -> Interruptible.call(() -> ignore(never), SOON, SOON)).isInstanceOf(TimeoutException.class);
        never.countDown();
    }

    @Test
    void whatTheWorkComesToIsHandedOn() throws Exception {
        assertThat(Interruptible.call(() -> "done", null, PATIENCE)).isEqualTo("done");
        assertThatThrownBy(() -> Interruptible.call(() -> {
                    throw new IllegalStateException("broken");
                }))
                .hasMessage("broken");
    }

    /** A caller that did not wait would find that it has not stopped. */
    private String stopWhenTheCallerWaitsForIt() throws InterruptedException {
        try {
            new CountDownLatch(1).await();
            return "never";
        } catch (InterruptedException told) {
            while (caller.getState() != Thread.State.TIMED_WAITING) {
                Thread.onSpinWait();
            }
            stopped.set(true);
            throw told;
        }
    }

    private static String ignore(CountDownLatch end) {
        while (end.getCount() > 0) {
            try {
                end.await();
            } catch (InterruptedException deaf) {
                // that is what this one does
            }
        }
        return "late";
    }
}
