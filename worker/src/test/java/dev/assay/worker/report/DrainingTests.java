// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class DrainingTests {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final Duration WITHIN = Duration.ofMinutes(10);

    private final Draining unheard = new Draining.Unheard();
    private final Draining working = unheard.told(false, NOW, WITHIN);
    private final Draining drained = working.told(true, NOW, WITHIN);

    @Test
    void whatIsHeldMayBeEndedWithinTheTimeFromWhenItWasFirstTold() {
        var toldAgain = drained.told(true, NOW.plus(WITHIN), WITHIN);
        assertThat(toldAgain.isOver(NOW.plus(WITHIN).minusMillis(1))).isFalse();
        assertThat(toldAgain.isOver(NOW.plus(WITHIN))).isTrue();
        assertThat(working.isOver(Instant.MAX)).isFalse();
    }

    @Test
    void itWorksAgainOnceItIsToldAndHasItsTimeAnewAfterThat() {
        var again = drained.told(false, NOW.plus(WITHIN), WITHIN);
        assertThat(again).isEqualTo(working);
        assertThat(again.told(false, NOW, WITHIN)).isSameAs(again);
        assertThat(again.told(true, NOW.plus(WITHIN), WITHIN).isOver(NOW.plus(WITHIN))).isFalse();
    }

    @Test
    void whatItIsAfterAStartItHearsFirst() {
        assertThat(working).isEqualTo(new Draining.Working());
        assertThat(unheard.told(true, NOW, WITHIN)).isEqualTo(drained);
        assertThat(unheard.isOver(Instant.MAX)).isFalse();
        assertThat(unheard.word(0)).isEqualTo("working");
    }

    @Test
    void itSaysWhetherAnythingIsLeft() {
        assertThat(working.word(0)).isEqualTo("working");
        assertThat(drained.word(1)).isEqualTo("draining");
        assertThat(drained.word(0)).isEqualTo("drained");
    }
}
