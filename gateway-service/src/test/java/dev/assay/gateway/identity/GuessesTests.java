// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** When an address guesses, and for how long nobody looks at its guesses. */
class GuessesTests {

    private long now = -Duration.ofSeconds(5).toNanos(); // nanoTime may be anything
    private Guesses guesses = Guesses.NONE;

    private void guess(int first, int last, Duration apart) {
        for (int key = first; key <= last; key++) {
            guesses = guesses.and(key, now);
            now += apart.toNanos();
        }
    }

    @Test
    void theTwentiethKeyThatNobodyHasLocksOut() {
        guess(1, 19, Duration.ZERO);
        assertThat(guesses.isLocked(now)).isFalse();
        guess(20, 20, Duration.ZERO);
        assertThat(guesses.isLocked(now)).isTrue();
        assertThat(guesses.secondsLeft(now)).isEqualTo(60);
    }

    @Test
    void oneWrongKeyIsNoGuessHoweverOftenItComes() {
        for (int times = 0; times < 1000; times++) {
            guess(7, 7, Duration.ofMillis(10));
        }
        assertThat(guesses.isLocked(now)).isFalse();
        assertThat(guesses.lately()).hasSize(1);
    }

    @Test
    void keysOfMoreThanAMinuteAgoCountNoMore() {
        guess(1, 1000, Duration.ofMillis(3_200)); // 19 in any minute
        assertThat(guesses.isLocked(now)).isFalse();
        assertThat(guesses.lately()).hasSizeLessThan(Guesses.MOST);
        guess(1001, 1003, Duration.ofMillis(1));
        assertThat(guesses.isLocked(now)).isTrue();
    }

    @Test
    void itLastsAMinuteWhateverComesMeanwhileAndThenCountingBeginsAnew() {
        guess(1, 20, Duration.ZERO);
        guess(21, 79, Duration.ofSeconds(1));
        assertThat(guesses.isLocked(now)).isTrue();
        assertThat(guesses.secondsLeft(now)).isEqualTo(1);
        now += Duration.ofSeconds(1).toNanos();
        assertThat(guesses.isLocked(now)).isFalse();
        guess(80, 98, Duration.ZERO);
        assertThat(guesses.isLocked(now)).isFalse();
        guess(99, 99, Duration.ZERO);
        assertThat(guesses.isLocked(now)).isTrue();
    }

    @Test
    void anIpv6NetworkOf64BitsCountsAsOneAddress() {
        assertThat(LockOut.counted("2001:db8:0:1::1")).isEqualTo(LockOut.counted("2001:db8:0:1:ffff:ffff:ffff:ffff"))
                .isNotEqualTo(LockOut.counted("2001:db8:0:2::1"));
        assertThat(LockOut.counted("192.0.2.1")).isEqualTo(LockOut.counted("::ffff:192.0.2.1")).isNotEqualTo(LockOut.counted("192.0.2.2"));
        assertThat(LockOut.counted("no address")).isEqualTo("no address");
    }
}
