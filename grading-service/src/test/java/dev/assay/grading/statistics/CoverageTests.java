// SPDX-License-Identifier: Apache-2.0

package dev.assay.grading.statistics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.grading.statistics.SimulatedJob.Tasks;
import java.util.ArrayList;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * How often an interval of 95 % holds the truth, over simulated jobs: tasks are drawn, their runs are drawn, one run of ten fails for
 * reasons of its own. The seeds are fixed.
 */
class CoverageTests {

    private static final int JOBS = 2000;
    private static final double LOST = 0.1;

    private interface Rewards {
        double[] of(double p, int runs, double lost, RandomGenerator random);
    }

    @ParameterizedTest
    @CsvSource({
        "20, 4, 0.5, 2", "20, 8, 0.8, 2", "20, 4, 0.3, 1", "50, 1, 0.5, 2", "50, 1, 0.8, 2", "50, 4, 0.3, 1", "50, 8, 0.5, 0.5",
        "200, 1, 0.3, 1", "200, 4, 0.8, 2", "200, 4, 0.95, 2"
    })
    void ofAMeanOfPassesAndFailuresItIsAsOftenAsItSays(int tasks, int runs, double mean, double concentration) {
        assertThat(ofMeans(tasks, runs, new Tasks(mean, concentration), SimulatedJob::passOrFail)).isBetween(0.93, 0.97);
    }

    @ParameterizedTest
    @CsvSource({"20, 1, 0.5, 2", "20, 4, 0.7, 2", "50, 1, 0.3, 1", "50, 8, 0.8, 2", "200, 4, 0.5, 0.5"})
    void ofAMeanOfPartialRewardsItIsAsOftenAsItSays(int tasks, int runs, double mean, double concentration) {
        assertThat(ofMeans(tasks, runs, new Tasks(mean, concentration), SimulatedJob::partial)).isBetween(0.93, 0.97);
    }

    /** With few tasks, and where nearly all pass or fail, the interval is rather too wide than too narrow. */
    @ParameterizedTest
    @CsvSource({"5, 1, 0.5, 2", "5, 8, 0.8, 2", "10, 1, 0.8, 2", "10, 4, 0.95, 2", "20, 1, 0.95, 2", "20, 1, 0.5, 2"})
    void ofFewTasksItIsSeldomLessOften(int tasks, int runs, double mean, double concentration) {
        assertThat(ofMeans(tasks, runs, new Tasks(mean, concentration), SimulatedJob::passOrFail)).isBetween(0.94, 1.0);
    }

    /** Where hardly any task is not passed always, twenty of them do not show it: said in the docs. */
    @Test
    void ofTwentyTasksOfWhichNearlyAllPassItIsLessOftenThanItSays() {
        assertThat(ofMeans(20, 8, new Tasks(0.95, 2), SimulatedJob::passOrFail)).isBetween(0.90, 0.94);
    }

    @ParameterizedTest
    @CsvSource({"20, 4, 0.5, 0.1", "20, 8, 0.8, 0.1", "50, 1, 0.5, 0.1", "50, 4, 0.8, 0", "50, 4, 0.97, -0.2", "200, 1, 0.3, 0.2", "200, 4, 0.95, 0"})
    void ofADifferenceItIsAsOftenAsItSays(int tasks, int runs, double mean, double change) {
        assertThat(ofDifferences(tasks, runs, mean, change)).isBetween(0.93, 0.97);
    }

    @ParameterizedTest
    @CsvSource({"5, 1, 0.5, 0.1", "5, 4, 0.8, 0.1", "10, 1, 0.95, 0", "10, 4, 0.97, -0.2", "20, 1, 0.8, 0", "20, 1, 0.95, 0"})
    void ofADifferenceOverFewTasksItIsSeldomLessOften(int tasks, int runs, double mean, double change) {
        assertThat(ofDifferences(tasks, runs, mean, change)).isBetween(0.95, 1.0);
    }

    private static double ofMeans(int tasks, int runs, Tasks drawn, Rewards rewards) {
        var random = new Random(20_261_128);
        var truth = drawn.mean();
        var held = 0;
        var said = 0;
        for (var job = 0; job < JOBS; job++) {
            var all = new ArrayList<double[]>();
            for (var task = 0; task < tasks; task++) {
                all.add(rewards.of(drawn.draw(random), runs, LOST, random));
            }
            var estimate = Estimate.of(new SimulatedJob(all).sample());
            if (estimate.low() != null && estimate.high() != null) {
                said++;
                held += estimate.low() <= truth && truth <= estimate.high() ? 1 : 0;
            }
        }
        assertThat(said).isGreaterThan(JOBS * 99 / 100);
        return (double) held / said;
    }

    /** The second job's tasks are the first one's, each a share of the way nearer to 1, or to 0. */
    private static double ofDifferences(int tasks, int runs, double mean, double change) {
        var random = new Random(20_261_129);
        var drawn = new Tasks(mean, 2);
        var changed = mean * (1 - Math.abs(change)) + Math.max(0, change);
        var held = 0;
        for (var job = 0; job < JOBS; job++) {
            var one = new ArrayList<double[]>();
            var other = new ArrayList<double[]>();
            for (var task = 0; task < tasks; task++) {
                var p = drawn.draw(random);
                one.add(SimulatedJob.passOrFail(p * (1 - Math.abs(change)) + Math.max(0, change), runs, LOST, random));
                other.add(SimulatedJob.passOrFail(p, runs, LOST, random));
            }
            var pairs = Pairing.of(new SimulatedJob(one).results(), new SimulatedJob(other).results()).pairs();
            var difference = Difference.of(pairs);
            held += difference.low() != null && difference.low() <= changed - mean && changed - mean <= difference.high() ? 1 : 0;
        }
        return (double) held / JOBS;
    }
}
