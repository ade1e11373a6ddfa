// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ProgressTests {

    private static final List<Duration> A_MINUTE_EACH = seconds(60, 60, 60);

    @Test
    void whatIsLeftIsSharedByAsManyAsGoOnAtOnce() {
        assertThat(Progress.left(A_MINUTE_EACH, seconds(0, 15, 30, 45), 4, 40)).isEqualTo(Duration.ofSeconds(600).plusMillis(37_500));
        assertThat(Progress.left(A_MINUTE_EACH, seconds(0, 15, 30, 45), 8, 40))
                .as("of those that go on these are some")
                .isEqualTo(Duration.ofSeconds(300).plusMillis(37_500));
        assertThat(Progress.left(seconds(20, 100), seconds(0), 1, 2)).as("as long as the usual one").isEqualTo(Duration.ofSeconds(180));
    }

    @Test
    void theLastOnesAreWaitedForHoweverManyGoOnBesideThem() {
        assertThat(Progress.left(A_MINUTE_EACH, seconds(50, 10), 2, 0)).isEqualTo(Duration.ofSeconds(50));
        assertThat(Progress.left(A_MINUTE_EACH, seconds(50, 50, 50, 50), 4, 1))
                .as("it begins when a place is free, and takes its time")
                .isEqualTo(Duration.ofSeconds(70));
    }

    @Test
    void whatHasTakenLongerThanAnyIsThoughtToTakeAsLongAgain() {
        assertThat(Progress.left(A_MINUTE_EACH, seconds(90), 1, 0)).isEqualTo(Duration.ofSeconds(90));
        assertThat(Progress.left(seconds(60, 100), seconds(80), 1, 0)).as("as the longer one").isEqualTo(Duration.ofSeconds(20));
    }

    @Test
    void nobodyKnowsWhileNothingHasEndedOrNothingGoesOnOrAllHang() {
        assertThat(left(List.of(), seconds(10))).isNull();
        assertThat(left(A_MINUTE_EACH, List.of())).isNull();
        assertThat(left(A_MINUTE_EACH, seconds(181, 400))).isNull();
        assertThat(left(A_MINUTE_EACH, seconds(179, 400))).isNotNull();
        assertThat(Progress.left(A_MINUTE_EACH, seconds(10), 1, Long.MAX_VALUE)).as("in more than a year").isNull();
    }

    private static @Nullable Duration left(List<Duration> took, List<Duration> going) {
        return Progress.left(took, going, Math.max(1, going.size()), 5);
    }

    private static List<Duration> seconds(long... lengths) {
        return LongStream.of(lengths).mapToObj(Duration::ofSeconds).toList();
    }
}
