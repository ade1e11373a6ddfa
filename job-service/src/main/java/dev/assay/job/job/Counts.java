// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.job;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.assay.contracts.Failure.Kind;
import dev.assay.kit.number.Moments;
import io.swagger.v3.oas.annotations.media.Schema;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/** How many runs stand where, and what their rewards come to. */
@JsonNaming(SnakeCaseStrategy.class)
record Counts(
        long runCount,
        long queuedCount,
        @Schema(description = "Including those that start, and those that are being cancelled.") long runningCount,
        long completedCount,
        long errorCount,
        long cancelledCount,
        @Schema(description = "Runs that completed with a grade: those in the mean.") long gradedCount,
        @Schema(description = "Runs that are over and not in the mean: ended in an error, cancelled, or without a grade.")
                long ungradedCount,
        @Schema(
                        description =
                                """
                                Why those are not in it, how many by each reason that there is: whose failure it was (`agent`, `environment`, \
                                `grader`, `model`, `infrastructure`), `unknown` where an error came without a word of whose, `cancelled`, \
                                `no_grade`: completed, but nobody graded it.""",
                        example = "{\"infrastructure\": 2, \"grader\": 1}")
                Map<String, Long> ungradedBecause,
        @Schema(description = "Graded runs with a reward of 1 or more.") long passedCount,
        @Schema(description = "Over graded runs only; null if there is none.") @Nullable Double meanReward,
        @Schema(description = "Of the sample (divided by n - 1), over graded runs only; null below two.") @Nullable Double standardDeviation) {

    /** What a row of {@link #read} has to hold. */
    static final String SUMS =
            """
            coalesce(sum(runs), 0) as runs, coalesce(sum(queued), 0) as queued, coalesce(sum(running), 0) as running,
            coalesce(sum(completed), 0) as completed, coalesce(sum(error), 0) as errors, coalesce(sum(cancelled), 0) as cancelled,
            coalesce(sum(graded), 0) as graded, coalesce(sum(passed), 0) as passed, coalesce(sum(reward_sum), 0) as reward_sum,
            coalesce(sum(reward_squares), 0) as reward_squares, coalesce(sum(by_agent), 0) as by_agent,
            coalesce(sum(by_environment), 0) as by_environment, coalesce(sum(by_grader), 0) as by_grader,
            coalesce(sum(by_model), 0) as by_model, coalesce(sum(by_infrastructure), 0) as by_infrastructure""";

    static Counts read(ResultSet row) throws SQLException {
        var completed = row.getLong("completed");
        var errors = row.getLong("errors");
        var cancelled = row.getLong("cancelled");
        var graded = row.getLong("graded");
        var rewards = new Moments(graded, number(row, "reward_sum"), number(row, "reward_squares"));
        return new Counts(
                row.getLong("runs"),
                row.getLong("queued"),
                row.getLong("running"),
                completed,
                errors,
                cancelled,
                graded,
                completed + errors + cancelled - graded,
                because(row, errors, cancelled, completed - graded),
                row.getLong("passed"),
                rewards.mean(),
                rewards.deviation());
    }

    private static Map<String, Long> because(ResultSet row, long errors, long cancelled, long noGrade) throws SQLException {
        var because = new LinkedHashMap<String, Long>();
        for (var kind : Kind.values()) {
            because.put(kind.wire(), row.getLong("by_" + kind.wire()));
        }
        because.put("unknown", errors - because.values().stream().mapToLong(Long::longValue).sum());
        because.put("cancelled", cancelled);
        because.put("no_grade", noGrade);
        because.values().removeIf(many -> many == 0);
        return because;
    }

    private static BigDecimal number(ResultSet row, String column) throws SQLException {
        return Objects.requireNonNull(row.getBigDecimal(column));
    }

    @JsonIgnore
    long over() {
        return completedCount + errorCount + cancelledCount;
    }

    /** {@code pending} without runs, {@code running} while any is not over; then what all are, or {@code completed}. */
    String status() {
        if (runCount == 0) {
            return "pending";
        }
        if (over() < runCount) {
            return "running";
        }
        if (cancelledCount == runCount) {
            return "cancelled";
        }
        return errorCount == runCount ? "error" : "completed";
    }

    long of(Standing standing) {
        return switch (standing) {
            case QUEUED -> queuedCount;
            case RUNNING -> runningCount;
            case COMPLETED -> completedCount;
            case ERROR -> errorCount;
            case CANCELLED -> cancelledCount;
            case UNGRADED -> ungradedCount;
        };
    }
}
