// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.docker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class FreeMemoryTests {

    @Test
    void aQuarterOfTheMachinesMemoryIsKeptForRuns() {
        assertThat(FreeMemory.of(List.of("MemTotal:  4000 kB", "MemFree: 10 kB", "MemAvailable:    1500 kB"))).isEqualTo(500L << 10);
        assertThat(FreeMemory.of(List.of("MemTotal:  4000 kB", "MemAvailable:    999 kB"))).isNegative();
        assertThat(FreeMemory.of(List.of("nothing of that"))).isNegative();
    }
}
