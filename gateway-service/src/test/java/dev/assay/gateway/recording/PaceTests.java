// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.recording;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When the pieces of a replayed answer come that keeps its recorded pace. */
class PaceTests {

    private static Duration millis(long number) {
        return Duration.ofMillis(number);
    }

    @Test
    void theFirstAndTheLastComeWhenTheyDidAndThoseBetweenThemEvenly() {
        assertThat(new Pace(millis(100), millis(500)).due(5))
                .containsExactly(millis(100), millis(200), millis(300), millis(400), millis(500));
    }

    @ParameterizedTest
    @CsvSource({"1, 100", "2, 100"})
    void fewPiecesBeginWhenTheFirstByteCame(int pieces, long first) {
        assertThat(new Pace(millis(100), millis(500)).due(pieces)).hasSize(pieces).startsWith(millis(first));
    }

    @Test
    void aStreamOfAMillionYearsOverflowsNothing() {
        assertThat(new Pace(millis(0), millis(Long.MAX_VALUE / 1_000_000)).due(3)).isSorted();
    }
}
