// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.lease;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class LeaseKeeperTests {

    private static final Duration SHORT = Duration.ofMillis(300);

    private final BlockingQueue<StopCause> stops = new ArrayBlockingQueue<>(10);
    private final AtomicInteger renewals = new AtomicInteger();

    @Test
    void renewsAfterAThirdOfTheTimeOrSooner() {
        assertThat(LeaseKeeper.pause(Duration.ofSeconds(15), Duration.ofSeconds(10))).isEqualTo(Duration.ofSeconds(5));
        assertThat(LeaseKeeper.pause(Duration.ofSeconds(15), Duration.ofSeconds(2))).isEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void hearsThatTheWorkIsNotWantedAnyMore() throws Exception {
        try (var keeper = keep(() -> new LeaseKeeper.Held(SHORT, true))) {
            assertThat(stops.poll(5, TimeUnit.SECONDS)).isEqualTo(StopCause.CANCELLED);
        }
    }

    @Test
    void hearsThatTheLeaseIsAnothers() throws Exception {
        try (var keeper = keep(() -> {
            throw new LeaseLostException();
        })) {
            assertThat(stops.poll(5, TimeUnit.SECONDS)).isEqualTo(StopCause.LOST);
        }
    }

    @Test
    void aLeaseThatCannotBeRenewedInTimeIsLost() throws Exception {
        try (var keeper = keep(() -> {
            renewals.incrementAndGet();
            throw new IllegalStateException("nobody answers");
        })) {
            assertThat(stops.poll(5, TimeUnit.SECONDS)).isEqualTo(StopCause.LOST);
            assertThat(renewals).hasValueGreaterThan(1);
        }
    }

    @Test
    void aLeaseIsLostAtItsEndWhileItsRenewalHangs() throws Exception {
        var release = new CountDownLatch(1);
        try (var keeper = keep(() -> {
            renewals.incrementAndGet();
            awaitFor(release);
            return new LeaseKeeper.Held(SHORT, true);
        })) {
            assertThat(stops.poll(5, TimeUnit.SECONDS)).isEqualTo(StopCause.LOST);
            assertThat(renewals).hasValue(1);
        } finally {
            release.countDown();
        }
    }

    @Test
    void nothingIsSaidOfALeaseThatIsDoneWith() throws Exception {
        keep(() -> new LeaseKeeper.Held(SHORT, false)).close();
        assertThat(stops.poll(2 * SHORT.toMillis(), TimeUnit.MILLISECONDS)).isNull();
    }

    private static void awaitFor(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void renewsAtOnceWhenThereIsSomethingToTell() throws Exception {
        var renewed = new ArrayBlockingQueue<Integer>(10);
        try (var keeper = LeaseKeeper.start(
                () -> {
                    renewed.add(renewals.incrementAndGet());
                    return new LeaseKeeper.Held(Duration.ofHours(1), false);
                },
                Duration.ofHours(1), Duration.ofHours(1), stops::add)) {
            keeper.soon();
            assertThat(renewed.poll(5, TimeUnit.SECONDS)).isEqualTo(1);
        }
    }

    private LeaseKeeper keep(LeaseKeeper.Renewal renewal) {
        return LeaseKeeper.start(renewal, SHORT, Duration.ofMillis(20), stops::add);
    }
}
