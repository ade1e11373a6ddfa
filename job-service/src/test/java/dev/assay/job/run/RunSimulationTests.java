// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.run;

import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RunSimulationTests {

    static LongStream seeds() {
        return LongStream.range(0, 300);
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
