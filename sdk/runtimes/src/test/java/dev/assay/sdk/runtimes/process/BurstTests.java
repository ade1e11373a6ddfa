// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class BurstTests {

    private static final long SECOND = 1_000_000_000L;
    private static final long START = -5 * SECOND; // such a clock may begin anywhere

    private final Burst burst = new Burst(300 * SECOND);

    @Test
    void whoAsksOneAfterTheOtherAsksForOneAtATime() {
        LongStream.range(0, 5).forEach(i -> burst.asked(START + 2 * i * SECOND));
        assertThat(burst.most(START + 9 * SECOND)).isEqualTo(1);
    }

    @Test
    void theMostThatWereAskedForWithinASecondIsKept() {
        ask(START, 16);
        ask(START + 10 * SECOND, 3);
        assertThat(burst.most(START + 11 * SECOND)).isEqualTo(16);
    }

    @Test
    void itIsForgottenWhenItHasNotComeAgainForSoLong() {
        ask(START, 16);
        ask(START + 200 * SECOND, 3);
        assertThat(burst.most(START + 301 * SECOND)).isZero();
        ask(START + 302 * SECOND, 2);
        assertThat(burst.most(START + 303 * SECOND)).isEqualTo(2);
    }

    @Test
    void itIsRememberedAnewWhenItComesAgain() {
        ask(START, 16);
        ask(START + 200 * SECOND, 16);
        assertThat(burst.most(START + 400 * SECOND)).isEqualTo(16);
    }

    @Test
    void beforeAnybodyAskedThereIsNone() {
        assertThat(burst.most(START)).isZero();
    }

    private void ask(long at, int times) {
        LongStream.range(0, times).forEach(i -> burst.asked(at + i));
    }
}
