// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.run;

import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RunSimulationTests {

    /** One that failed is played again, alone, by {@code -Dassay.seed=17}. */
    static LongStream seeds() {
        var one = Long.getLong("assay.seed");
        return one == null ? LongStream.range(0, 300) : LongStream.of(one);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void everyRunEndsOnceAndIsGradedOnceWhateverIsLostOrDies(long seed) {
        try {
            new RunSimulation(seed).play();
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
        }
    }
}
