// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.contracts.RunId;
import dev.assay.contracts.internal.LeaseRenewal.OfRun;
import dev.assay.contracts.internal.LeasesRenewed;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LeaseKeeperTests {

    /** A lease that ends while a test waits for that. No test wants anything else to happen before. */
    private static final Duration SHORT = Duration.ofMillis(100);

    private static final Duration LONG = Duration.ofHours(1);
    private static final int PATIENCE_SECONDS = 60;

    private final BlockingQueue<StopCause> stops = new LinkedBlockingQueue<>();

    @Test
    void renewsAfterAThirdOfTheTimeOrSooner() {
        assertThat(LeaseKeeper.pause(Duration.ofSeconds(15), Duration.ofSeconds(10))).isEqualTo(Duration.ofSeconds(5));
        assertThat(LeaseKeeper.pause(Duration.ofSeconds(15), Duration.ofSeconds(2))).isEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void hearsThatTheWorkIsNotWantedAnyMore() throws Exception {
        try (var keeper = keep(LONG, () -> new LeaseKeeper.Held(LONG, true))) {
            keeper.soon();
            assertThat(stop()).isEqualTo(StopCause.CANCELLED);
        }
    }

    @Test
    void hearsThatTheLeaseIsAnothers() throws Exception {
        try (var keeper = keep(LONG, () -> {
            throw new LeaseLostException();
        })) {
            keeper.soon();
            assertThat(stop()).isEqualTo(StopCause.LOST);
        }
    }

    @Test
    void aRenewalThatFailsIsTriedAgainAsLongAsTheLeaseHolds() throws Exception {
        var tries = new CountDownLatch(3);
        try (var keeper = LeaseKeeper.start(
                () -> {
                    tries.countDown();
                    throw new IllegalStateException("nobody answers");
                },
                LONG, Duration.ofMillis(1), stops::add)) {
            assertThat(tries.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
            assertThat(stops).isEmpty();
        }
    }

    @Test
    void aLeaseThatCannotBeRenewedIsLostAtItsEnd() throws Exception {
        try (var keeper = keep(SHORT, () -> {
            throw new IllegalStateException("nobody answers");
        })) {
            assertThat(stop()).isEqualTo(StopCause.LOST);
        }
    }

    @Test
    void aLeaseIsLostAtItsEndWhileItsRenewalHangs() throws Exception {
        var release = new CountDownLatch(1);
        try (var keeper = keep(SHORT, () -> {
            awaitFor(release);
            return new LeaseKeeper.Held(SHORT, true);
        })) {
            assertThat(stop()).isEqualTo(StopCause.LOST);
        } finally {
            release.countDown();
        }
    }

    @Test
    void nothingIsSaidOfALeaseThatIsDoneWith() throws Exception {
        var said = new LinkedBlockingQueue<StopCause>();
        LeaseKeeper.start(() -> new LeaseKeeper.Held(SHORT, true), SHORT, LONG, said::add).close();
        said.clear(); // before it was done with it may have ended
        try (var later = keep(SHORT, () -> {
            throw new IllegalStateException("nobody answers");
        })) {
            assertThat(stop()).as("the end of one that was begun later").isEqualTo(StopCause.LOST);
        }
        assertThat(said).isEmpty();
    }

    @Test
    void renewsAtOnceWhenThereIsSomethingToTell() throws Exception {
        var renewed = new CountDownLatch(1);
        try (var keeper = keep(LONG, () -> {
            renewed.countDown();
            return new LeaseKeeper.Held(LONG, false);
        })) {
            keeper.soon();
            assertThat(renewed.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        }
    }

    /** Whether or not they come into one call. */
    @Test
    void ofTwoAttemptsOfOneRunTheLaterIsRenewedAndTheEarlierIsLost() throws Exception {
        var run = new RunId(UUID.randomUUID());
        var together = new RenewTogether(leases -> new LeasesRenewed(
                1000, leases.stream().filter(one -> one.attempt() == 1).map(OfRun::run).toList(), List.of()));
        for (var order : List.of(List.of(1, 2), List.of(2, 1))) {
            try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                var answers = new HashMap<Integer, Future<LeaseKeeper.Held>>();
                for (var attempt : order) {
                    answers.put(attempt, threads.submit(() -> together.renew(new OfRun(run, attempt, "running", null, null))));
                }
                assertThat(answers.get(2).get()).isNotNull();
                assertThatThrownBy(() -> answers.get(1).get()).hasCauseInstanceOf(LeaseLostException.class);
            }
        }
    }

    private LeaseKeeper keep(Duration ttl, LeaseKeeper.Renewal renewal) {
        return LeaseKeeper.start(renewal, ttl, LONG, stops::add);
    }

    private StopCause stop() throws InterruptedException {
        return stops.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    private static void awaitFor(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
