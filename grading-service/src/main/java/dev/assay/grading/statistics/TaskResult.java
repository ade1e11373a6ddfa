// SPDX-License-Identifier: Apache-2.0

package dev.assay.grading.statistics;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.swagger.v3.oas.annotations.media.Schema;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * How one task went in a job.
 *
 * @param key its place in lists
 * @param passOrFail whether every reward is 0 or 1
 */
@JsonNaming(SnakeCaseStrategy.class)
record TaskResult(
        @JsonIgnore String key,
        @Schema(description = "Its name; null: its runs say none.") @Nullable String taskSlug,
        @Nullable String environment,
        @Schema(description = "The version of the taskset's task; null: not known.") @Nullable UUID taskVersionId,
        @Schema(description = "Those that are over.") long runCount,
        long gradedCount,
        @Schema(description = "Over, and in no mean: failed, cancelled or without a grade.") long leftOutCount,
        long passedCount,
        @Nullable Double meanReward,
        @Schema(description = "Of the sample (divided by n - 1); null below two graded runs.") @Nullable Double standardDeviation,
        @JsonIgnore boolean passOrFail) {

    /** Whether it comes behind that key: as the database compares, byte by byte. */
    boolean isBehind(String after) {
        return Arrays.compareUnsigned(key.getBytes(StandardCharsets.UTF_8), after.getBytes(StandardCharsets.UTF_8)) > 0;
    }
}
