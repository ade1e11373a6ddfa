// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class ProgressTests {

    private static final Instant START = Instant.parse("2026-01-02T03:00:00Z");
    private static final Instant NOW = START.plusSeconds(60);

    @Test
    void whatIsLeftTakesAsLongAsWhatIsOverTook() {
        assertThat(Progress.estimatedEnd(3, 1, START, NOW)).isEqualTo(NOW.plusSeconds(20));
        assertThat(Progress.estimatedEnd(1, 3, START, NOW)).isEqualTo(NOW.plusSeconds(180));
    }

    @Test
    void withoutAPaceNobodyKnows() {
        assertThat(Progress.estimatedEnd(0, 4, START, NOW)).isNull();
        assertThat(Progress.estimatedEnd(4, 0, START, NOW)).isNull();
        assertThat(Progress.estimatedEnd(2, 2, null, NOW)).isNull();
        assertThat(Progress.estimatedEnd(2, 2, NOW, NOW)).isNull();
        assertThat(Progress.estimatedEnd(1, Long.MAX_VALUE, START, NOW)).isNull();
    }
}
