// SPDX-License-Identifier: Apache-2.0

package dev.assay.grading.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.assay.grading.statistics.GateRules.Compared;
import dev.assay.grading.statistics.GateRules.GateCheck;
import dev.assay.grading.statistics.GateRules.Standing;
import dev.assay.grading.statistics.GateRules.Terms;
import dev.assay.grading.statistics.GateRules.Verdict;
import dev.assay.grading.statistics.Pairing.Alone;
import dev.assay.grading.statistics.Pairing.Why;
import dev.assay.grading.statistics.PassRates.PassRate;
import dev.assay.grading.statistics.PassRates.Tally;
import java.math.BigDecimal;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The arithmetic, by hand. */
class StatisticsRulesTests {

    private static final Terms USUAL = new Terms(0, null, 5, 0.2);
    private static final UUID VERSION = UUID.randomUUID();

    @Test
    void runsOfOneTaskGoTogether() {
        var estimate = mean(new double[] {1, 1}, new double[] {0, 0.5}, new double[] {0, 0});
        // residuals of the tasks: (2 - 5/6)² + (0.5 - 5/6)² + (0 - 5/6)² over 36, times 3/2
        assertThat(estimate.mean()).isCloseTo(2.5 / 6, within(1e-12));
        assertThat(estimate.standardError()).isCloseTo(Math.sqrt((49.0 / 36 + 4.0 / 36 + 25.0 / 36) / 36 * 1.5), within(1e-12));
        assertThat(estimate.high()).isCloseTo(2.5 / 6 + 4.302653 * estimate.standardError(), within(1e-6));
        assertThat(estimate.method()).isEqualTo("cluster_t");
    }

    @Test
    void withOneRunOfEachTaskItIsTheUsualInterval() {
        var estimate = mean(new double[] {0.2}, new double[] {0.4}, new double[] {0.9}, new double[] {0.5});
        var deviation = Math.sqrt((0.09 + 0.01 + 0.16 + 0) / 3);
        assertThat(estimate.mean()).isCloseTo(0.5, within(1e-12));
        assertThat(estimate.standardError()).isCloseTo(deviation / 2, within(1e-12));
        assertThat(estimate.low()).isCloseTo(0.5 - 3.182446 * deviation / 2, within(1e-6));
    }

    @Test
    void ofOneTaskItIsOneOverItsRunsAndSaysSo() {
        var estimate = mean(new double[] {0.25, 0.5, 0.75});
        assertThat(estimate.standardError()).isCloseTo(0.25 / Math.sqrt(3), within(1e-12));
        assertThat(estimate.method()).isEqualTo("runs_t");
        assertThat(mean(new double[] {0, 1, 1}).method()).isEqualTo("runs_wilson");
    }

    @Test
    void whereAllPassedTheIntervalIsNoPoint() {
        var all = mean(new double[] {1, 1}, new double[] {1, 1}, new double[] {1, 1}, new double[] {1, 1});
        // Wilson's lower end for 4 of 4 with t(3): m / (m + t²)
        assertThat(all.low()).isCloseTo(4 / (4 + 3.182446 * 3.182446), within(1e-6));
        assertThat(all.high()).isEqualTo(1.0);
        assertThat(mean(new double[] {0}, new double[] {0}).low()).isEqualTo(0.0);
    }

    @Test
    void whereThereIsTooLittleToSayThereIsNoInterval() {
        assertThat(mean().mean()).isNull();
        assertThat(mean(new double[] {0.5})).extracting(Estimate::mean, Estimate::standardError, Estimate::low).containsExactly(0.5, null, null);
        assertThat(mean(new double[] {0.5}, new double[] {0.5}))
                .extracting(Estimate::mean, Estimate::low, Estimate::method)
                .containsExactly(0.5, null, "none");
    }

    @Test
    void theLargestRewardsBreakNothing() {
        var largest = new BigDecimal(Double.MAX_VALUE);
        var squares = largest.pow(2).multiply(BigDecimal.TWO);
        var estimate = Estimate.of(new Sample(2, 2, BigDecimal.TWO, BigDecimal.ZERO, BigDecimal.ZERO, squares, squares, false));
        assertThat(estimate).extracting(Estimate::mean, Estimate::standardError, Estimate::low).containsExactly(0.0, null, null);
    }

    @Test
    void quantilesOfTheDistributionAreThoseOfTables() {
        assertThat(StudentT.quantile975(1)).isEqualTo(12.706205);
        assertThat(StudentT.quantile975(31)).isCloseTo(2.039513, within(1e-5));
        assertThat(StudentT.quantile975(60)).isCloseTo(2.000298, within(1e-5));
        assertThat(StudentT.quantile975(1_000_000)).isCloseTo(1.959966, within(1e-5));
    }

    @Test
    void passRatesCountChoicesOfRuns() {
        var rates = PassRates.of(1, List.of(new Tally(4, 1, 1), new Tally(4, 4, 1), new Tally(2, 0, 1)));
        assertThat(rates.passedCount()).isEqualTo(5);
        // of 4 runs with 1 passed: any 2 hold it in 3 of 6 ways
        assertThat(rates.items()).contains(new PassRate(2, 3, (0.5 + 1 + 0) / 3, (0 + 1.0 + 0) / 3));
        assertThat(rates.items()).contains(new PassRate(4, 2, 1, 0.5));
        assertThat(rates.items()).extracting(PassRate::k).containsExactly(1, 2, 3, 4);
        // what would overflow as a factorial
        assertThat(PassRates.share(5000, 10_000, 1)).isEqualTo(0.5);
        assertThat(PassRates.of(1, List.of()).items()).isEmpty();
    }

    @Test
    void tasksArePairedByNameUnlessTheyAreKnownToBeOthers() {
        var pairing = Pairing.of(
                List.of(
                        task("same", "env", VERSION), task("unknown", "Env_1", VERSION), task("edited", "env", VERSION),
                        task("moved", "a", null), task(null, null, null)),
                List.of(
                        task("same", "env", VERSION), task("unknown", null, null), task("edited", "env", UUID.randomUUID()),
                        task("moved", "b", null), task("new", "env", VERSION)));
        assertThat(pairing.pairs()).extracting(pair -> pair.mine().taskSlug()).containsExactly("same", "unknown");
        assertThat(pairing.pairs()).extracting(Pairing.Pair::isOfKnownVersion).containsExactly(true, false);
        assertThat(pairing.alone()).extracting(Alone::why)
                .containsExactlyInAnyOrder(
                        Why.OTHER_VERSION, Why.OTHER_ENVIRONMENT, Why.UNNAMED, Why.ONLY_THERE, Why.ONLY_THERE, Why.ONLY_THERE);
    }

    @Test
    void whatCouldBeSeveralIsNone() {
        var pairing = Pairing.of(List.of(task("t", null, null)), List.of(task("t", "a", null), task("t", "b", null)));
        assertThat(pairing.pairs()).isEmpty();
        assertThat(pairing.alone()).extracting(Alone::why).containsExactly(Why.AMBIGUOUS, Why.ONLY_THERE, Why.ONLY_THERE);
        var reversed = Pairing.of(List.of(task("t", "a", null), task("t", "b", null)), List.of(task("t", null, null)));
        assertThat(reversed.pairs()).isEmpty();
    }

    @Test
    void whatIsNotGradedInBothIsInNoPair() {
        var pairing = Pairing.of(List.of(task("a", null, null), ungraded("b")), List.of(ungraded("a"), task("b", null, null)));
        assertThat(pairing.pairs()).isEmpty();
        assertThat(pairing.alone()).extracting(Alone::why).containsExactly(Why.NOT_GRADED_THERE, Why.NOT_GRADED_HERE);
    }

    @Test
    void aDifferenceIsPairedTaskByTask() {
        var difference = difference(new double[][] {{0.5}, {0.7}, {0.9}}, new double[][] {{0.4}, {0.4}, {0.4}});
        // 0.1, 0.3, 0.5
        assertThat(difference.mean()).isCloseTo(0.3, within(1e-12));
        assertThat(difference.standardError()).isCloseTo(0.2 / Math.sqrt(3), within(1e-12));
        assertThat(difference.low()).isCloseTo(0.3 - 4.302653 * 0.2 / Math.sqrt(3), within(1e-6));
    }

    @Test
    void twoJobsThatPassedEverythingDifferByNoMoreThanARunIsWorth() {
        var passed = new double[][] {{1}, {1}, {1}, {1}, {1}, {1}, {1}, {1}};
        var difference = difference(passed, passed);
        assertThat(difference.mean()).isZero();
        assertThat(difference.high()).isCloseTo(2.364624 * Math.sqrt(1.0 / 56), within(1e-6));
        assertThat(GateRules.verdict(GateRules.checks(over(1.0), compared(difference, 8), USUAL))).isEqualTo(Verdict.PASSED);
    }

    @Test
    void aGateFailsWhereAllOfTheIntervalIsBelowWhatIsAllowed() {
        var fallen = difference(new double[][] {{0.1}, {0.2}, {0.3}, {0.2}, {0.2}}, new double[][] {{0.5}, {0.5}, {0.6}, {0.6}, {0.55}});
        assertThat(verdict(over(0.2), fallen, 5, USUAL)).isEqualTo(Verdict.FAILED);
        assertThat(verdict(over(0.2), fallen, 5, new Terms(0.5, null, 5, 0.2))).isEqualTo(Verdict.PASSED);
        assertThat(verdict(over(0.2), fallen, 5, new Terms(0.5, 0.3, 5, 0.2))).as("the bar").isEqualTo(Verdict.FAILED);
        var risen = difference(new double[][] {{0.5}, {0.5}, {0.6}, {0.6}, {0.55}}, new double[][] {{0.1}, {0.2}, {0.3}, {0.2}, {0.2}});
        assertThat(verdict(over(0.55), risen, 5, USUAL)).isEqualTo(Verdict.PASSED);
    }

    @Test
    void whatCannotBeSaidIsUndecidedAndNotPassed() {
        var alike = difference(new double[][] {{0.5}, {0.6}}, new double[][] {{0.5}, {0.6}});
        assertThat(verdict(over(0.5), alike, 2, USUAL)).as("two tasks").isEqualTo(Verdict.UNDECIDED);
        assertThat(verdict(over(0.5), alike, 2, new Terms(0, null, 2, 0.2))).isEqualTo(Verdict.PASSED);
        var going = new Standing("this job", false, 9, 0, 0.1);
        assertThat(verdict(going, alike, 2, new Terms(0, 0.9, 2, 0.2))).as("it may still rise").isEqualTo(Verdict.UNDECIDED);
        var failing = new Standing("this job", true, 7, 3, 0.9);
        assertThat(verdict(failing, alike, 2, new Terms(0, null, 2, 0.2))).as("3 of 10 failed").isEqualTo(Verdict.UNDECIDED);
        var nothing = GateRules.checks(new Standing("this job", true, 0, 0, null), null, new Terms(0, 0.5, 5, 0.2));
        assertThat(GateRules.verdict(nothing)).isEqualTo(Verdict.UNDECIDED);
        assertThat(nothing).extracting(GateCheck::why).contains("No run of this job is graded.");
    }

    private static Verdict verdict(Standing job, Difference difference, int tasks, Terms terms) {
        return GateRules.verdict(GateRules.checks(job, compared(difference, tasks), terms));
    }

    private static Compared compared(Difference difference, int tasks) {
        return new Compared(over(0.5), difference, tasks);
    }

    private static Standing over(double mean) {
        return new Standing("the other job", true, 10, 0, mean);
    }

    private static Estimate mean(double[]... tasks) {
        return Estimate.of(new SimulatedJob(List.of(tasks)).sample());
    }

    private static Difference difference(double[][] mine, double[][] others) {
        return Difference.of(Pairing.of(new SimulatedJob(List.of(mine)).results(), new SimulatedJob(List.of(others)).results()).pairs());
    }

    private static TaskResult task(@Nullable String slug, @Nullable String environment, @Nullable UUID version) {
        return new TaskResult(slug + environment, slug, environment, version, 1, 1, 0, 1, 1.0, null, true);
    }

    private static TaskResult ungraded(String slug) {
        return new TaskResult(slug, slug, null, null, 1, 0, 1, 0, null, null, true);
    }
}
