// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.datum;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class AdvantagesTests {

    private static double[] of(int groupSize, double... rewards) {
        return Advantages.of(rewards, groupSize, 1, false);
    }

    @Test
    void eachIsMeasuredByItsGroup() {
        assertThat(of(2, 0, 1)).containsExactly(-0.5, 0.5);
        assertThat(of(4, 1, 0, 0, 0)).containsExactly(0.75, -0.25, -0.25, -0.25);
        assertThat(of(4, .25, .5, .75, 1)).containsExactly(-.375, -.125, .125, .375);
        assertThat(of(2, 0, 1, 1, 1, 5, 3)).containsExactly(-0.5, 0.5, 0, 0, 1, -1);
    }

    @Test
    void rewardsAreScaledFirst() {
        assertThat(Advantages.of(new double[] {0, 1}, 2, 10, false)).containsExactly(-5, 5);
    }

    @Test
    void theSpreadIsDividedByOnlyWhereItIsAskedFor() {
        assertThat(Advantages.of(new double[] {0, 1}, 2, 1, true)).containsExactly(-1, 1);
        assertThat(Advantages.of(new double[] {1, 0, 0, 0}, 4, 1, true)[0]).isCloseTo(1.7321, within(1e-4));
    }

    @Test
    void aGroupOfOneMindTeachesNothingToTheLastDigit() {
        assertThat(of(3, 0.1, 0.1, 0.1)).containsOnly(0);
        assertThat(Advantages.of(new double[] {0.7, 0.7, 0.7}, 3, 0.3, true)).containsOnly(0);
        assertThat(of(1, 1, 0)).containsOnly(0);
        assertThat(Advantages.groupsWithSpread(new double[] {0, 1, 1, 1, 5, 3}, 2)).isEqualTo(2);
    }
}
