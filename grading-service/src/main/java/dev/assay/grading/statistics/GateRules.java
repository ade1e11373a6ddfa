// SPDX-License-Identifier: Apache-2.0

package dev.assay.grading.statistics;

import io.swagger.v3.oas.annotations.media.Schema;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Whether a job is good enough to go on: against another one, against a bar, or both. */
final class GateRules {

    private GateRules() {}

    /** What came of it. Undecided is not passed. */
    enum Verdict {
        PASSED,
        FAILED,
        UNDECIDED;

        String wire() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** One of the things that were looked at, and what was found. */
    record GateCheck(
            @Schema(description = "`complete`, `left_out`, `minimum` or `regression`.") String check,
            @Schema(description = "`passed`, `failed` or `undecided`.") String verdict,
            @Schema(description = "In a sentence.") String why) {

        static GateCheck of(String check, Verdict verdict, String why) {
            return new GateCheck(check, verdict.wire(), why);
        }
    }

    /**
     * What is asked for.
     *
     * @param allowed by how much the mean may have fallen
     * @param min the mean must be this at least; null: no bar
     * @param minTasks with fewer tasks in both jobs nothing is decided
     * @param maxLeftOut if a greater share of the runs that are over is in no mean, nothing is passed
     */
    record Terms(double allowed, @Nullable Double min, int minTasks, double maxLeftOut) {}

    /**
     * What is known of a job.
     *
     * @param complete whether all of its runs are over and on record
     */
    record Standing(String name, boolean complete, long graded, long leftOut, @Nullable Double mean) {

        double leftOutShare() {
            return leftOut == 0 ? 0 : (double) leftOut / (graded + leftOut);
        }
    }

    /** @param tasks in both jobs */
    record Compared(Standing against, Difference difference, int tasks) {}

    /** @param compared null: it is held against the bar alone */
    static List<GateCheck> checks(Standing job, @Nullable Compared compared, Terms terms) {
        var checks = new ArrayList<GateCheck>();
        checks.add(complete(job));
        checks.add(leftOut(job, terms));
        if (terms.min() != null) {
            checks.add(minimum(job, terms.min()));
        }
        if (compared != null) {
            checks.add(complete(compared.against()));
            checks.add(leftOut(compared.against(), terms));
            checks.add(regression(compared, terms));
        }
        return checks;
    }

    /** What failed has failed, but only of a job that is over; what is undecided is not passed. */
    static Verdict verdict(List<GateCheck> checks) {
        if (checks.stream().anyMatch(check -> check.check().equals("complete") && check.verdict().equals("undecided"))) {
            return Verdict.UNDECIDED;
        }
        for (var verdict : List.of(Verdict.FAILED, Verdict.UNDECIDED)) {
            if (checks.stream().anyMatch(check -> check.verdict().equals(verdict.wire()))) {
                return verdict;
            }
        }
        return Verdict.PASSED;
    }

    private static GateCheck complete(Standing job) {
        return job.complete()
                ? GateCheck.of("complete", Verdict.PASSED, "All runs of " + job.name() + " are over.")
                : GateCheck.of(
                        "complete", Verdict.UNDECIDED, "Not all runs of " + job.name() + " are over, or some ends are not on record yet.");
    }

    private static GateCheck leftOut(Standing job, Terms terms) {
        var found = percent(job.leftOutShare()) + " of the runs of " + job.name() + " are in no mean";
        return job.leftOutShare() > terms.maxLeftOut()
                ? GateCheck.of("left_out", Verdict.UNDECIDED, found + ", more than " + percent(terms.maxLeftOut()) + ".")
                : GateCheck.of("left_out", Verdict.PASSED, found + ".");
    }

    private static GateCheck minimum(Standing job, double min) {
        if (job.mean() == null) {
            return GateCheck.of("minimum", Verdict.UNDECIDED, "No run of " + job.name() + " is graded.");
        }
        var found = "The mean is " + number(job.mean());
        return job.mean() < min
                ? GateCheck.of("minimum", Verdict.FAILED, found + ", less than " + number(min) + ".")
                : GateCheck.of("minimum", Verdict.PASSED, found + ", at least " + number(min) + ".");
    }

    private static GateCheck regression(Compared compared, Terms terms) {
        var difference = compared.difference();
        if (compared.tasks() < terms.minTasks() || difference.high() == null) {
            return GateCheck.of(
                    "regression",
                    Verdict.UNDECIDED,
                    difference.high() == null && compared.tasks() >= terms.minTasks()
                            ? "The " + compared.tasks() + " tasks that are in both jobs make no interval."
                            : "Only " + compared.tasks() + " tasks are graded in both jobs, fewer than " + terms.minTasks() + ".");
        }
        var found = "The difference is " + number(difference.mean()) + ", between " + number(difference.low()) + " and "
                + number(difference.high());
        return difference.high() < -terms.allowed()
                ? GateCheck.of("regression", Verdict.FAILED, found + ": all of that is below " + number(-terms.allowed()) + ".")
                : GateCheck.of("regression", Verdict.PASSED, found + ": that is not all below " + number(-terms.allowed()) + ".");
    }

    private static String number(@Nullable Double value) {
        return value == null ? "unknown" : String.format(Locale.ROOT, "%.3f", value + 0.0);
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.0f %%", 100 * share);
    }
}
