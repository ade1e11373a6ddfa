// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class HealthTests {

    private static final long START = -12_345_678_901L; // a clock of System.nanoTime may stand anywhere

    private final Health health = new Health();

    @Test
    void whoWasNeverCalledSaysSo() {
        assertThat(health.report(START)).isEqualTo(new Health.Report(0, 0, null, null, null, null));
        assertThat(health.isIdle(Duration.ofMinutes(1), START)).isTrue();
    }

    @Test
    void callsCountForFiveMinutes() {
        for (int i = 0; i < 95; i++) {
            health.answered(Duration.ofMillis(100).toNanos(), START);
        }
        for (int i = 0; i < 5; i++) {
            health.answered(Duration.ofMillis(3000).toNanos(), START + Duration.ofSeconds(30).toNanos());
        }
        health.failed("it is full", Instant.EPOCH, START + Duration.ofSeconds(31).toNanos());
        var report = health.report(START + Duration.ofMinutes(2).toNanos());
        assertThat(report.calls()).isEqualTo(101);
        assertThat(report.errors()).isEqualTo(1);
        assertThat(report.p50Millis()).isBetween(80L, 120L);
        assertThat(report.lastError()).isEqualTo("it is full");
        var later = health.report(START + Duration.ofMinutes(5).toNanos() + Duration.ofSeconds(15).toNanos());
        assertThat(later.calls()).as("the first are forgotten").isEqualTo(6);
        assertThat(later.p50Millis()).isBetween(2400L, 3600L);
        assertThat(health.report(START + Duration.ofHours(1).toNanos()).calls()).isZero();
        assertThat(health.isIdle(Duration.ofMinutes(1), START + Duration.ofSeconds(60).toNanos())).isFalse();
        assertThat(health.isIdle(Duration.ofMinutes(1), START + Duration.ofSeconds(92).toNanos())).isTrue();
    }
}
