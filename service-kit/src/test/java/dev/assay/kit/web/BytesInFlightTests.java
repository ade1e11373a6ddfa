// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Ten MB of room; no test waits for the clock. */
class BytesInFlightTests {

    private static final long MB = 1024 * 1024;
    private static final int WEIGHT = 2;

    private final AtomicLong now = new AtomicLong();
    private final BytesInFlight inFlight = new BytesInFlight(10 * MB, now::get);

    @Test
    void whoBeganGetsToItsEndAndWhoComesLaterWaitsAtItsBeginning() throws Exception {
        var first = begun(3 * MB);
        var second = inFlight.open(3 * MB, WEIGHT);
        assertNoRoom(second, MB);
        assertThat(first.cover(3 * MB, Duration.ZERO)).isGreaterThanOrEqualTo(3 * MB);
        first.close();
        assertThat(second.cover(MB, Duration.ZERO)).isGreaterThanOrEqualTo(MB);
    }

    @Test
    void slowSendersHoldOnlyWhatTheySent() throws Exception {
        for (int sender = 0; sender < 3; sender++) {
            begun(4 * MB);
            pass();
        }
        assertThat(inFlight.held()).isLessThan(MB);
        assertThat(begun(4 * MB)).isNotNull();
    }

    @Test
    void whatComesTooSlowlyStandsInTheWayOnlyOfOthersWhoWait() throws Exception {
        var slow = begun(4 * MB);
        slow.cover(4 * MB, Duration.ZERO);
        pass();
        assertThat(slow.standsInTheWay()).isFalse();
        var other = inFlight.open(4 * MB, WEIGHT);
        var waiting = CompletableFuture.supplyAsync(() -> covered(other), Thread::startVirtualThread);
        while (!slow.standsInTheWay()) {
            Thread.onSpinWait();
        }
        slow.close();
        assertThat(waiting.get()).isGreaterThanOrEqualTo(MB);
    }

    @Test
    void smallBodiesAlwaysFit() throws Exception {
        begun(4 * MB);
        assertNoRoom(inFlight.open(4 * MB, WEIGHT), MB);
        var small = inFlight.open(BytesInFlight.FREE, WEIGHT);
        assertThat(small.cover(BytesInFlight.FREE, Duration.ZERO)).isEqualTo(BytesInFlight.FREE);
    }

    @Test
    void largeBodiesLeaveSomethingToTheOthers() throws Exception {
        var large = inFlight.largest(WEIGHT);
        begun(large).cover(large, Duration.ZERO);
        assertNoRoom(inFlight.open(2 * MB, WEIGHT), 2 * MB);
        assertThat(begun(MB / 2)).isNotNull();
    }

    @Test
    void aBodyOfUnknownLengthGetsWhatHasCome() throws Exception {
        begun(3 * MB);
        var unknown = inFlight.open(-1, WEIGHT);
        assertThat(unknown.cover(MB, Duration.ZERO)).isGreaterThanOrEqualTo(MB);
        assertNoRoom(unknown, 3 * MB);
    }

    @Test
    void manyAtOnceNeverTakeMoreThanThereIsAndAllOfThemGetThrough() throws Exception {
        var all = new ArrayList<CompletableFuture<Long>>();
        var real = new BytesInFlight(10 * MB, System::nanoTime);
        for (int body = 0; body < 100; body++) {
            var share = real.open(2 * MB, WEIGHT);
            all.add(CompletableFuture.supplyAsync(
                    () -> {
                        try (share) {
                            for (long length = MB / 4; length <= 2 * MB; length += MB / 4) {
                                share.cover(length, Duration.ofMinutes(1));
                            }
                            return real.held();
                        } catch (InterruptedException e) {
                            throw new IllegalStateException(e);
                        }
                    },
                    Thread::startVirtualThread));
        }
        for (var body : all) {
            assertThat(body.get()).isBetween(1L, 10 * MB);
        }
        assertThat(real.held()).isZero();
    }

    private BytesInFlight.Share begun(long announced) throws InterruptedException {
        var share = inFlight.open(announced, WEIGHT);
        share.cover(BytesInFlight.FREE + 1, Duration.ZERO);
        return share;
    }

    private void pass() {
        now.addAndGet(Duration.ofSeconds(11).toNanos());
    }

    private static long covered(BytesInFlight.Share share) {
        try {
            return share.cover(MB, Duration.ofMinutes(1));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void assertNoRoom(BytesInFlight.Share share, long length) {
        assertThatThrownBy(() -> share.cover(length, Duration.ZERO)).isInstanceOf(BytesInFlight.NoRoomException.class);
    }
}
