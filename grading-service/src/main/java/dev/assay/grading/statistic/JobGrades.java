// SPDX-License-Identifier: Apache-2.0

package dev.assay.grading.statistic;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.assay.contracts.JobId;
import dev.assay.contracts.RunId;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * What a job's runs came to.
 *
 * @param groups a page of them: runs of the same task that are compared with each other, in the order in which the first of each ended
 * @param groupTotal how many groups there are
 * @param failures the latest 100 runs that are in no mean; {@code job} says how many there are
 */
@JsonNaming(SnakeCaseStrategy.class)
record JobGrades(JobId jobId, Statistics job, List<Group> groups, long groupTotal, List<Failure> failures) {

    /** @param rewards the first 100, in the order in which the runs ended */
    @JsonNaming(SnakeCaseStrategy.class)
    record Group(
            @Nullable String groupId,
            @Nullable String taskSlug,
            @Nullable String environment,
            @JsonUnwrapped Statistics statistics,
            List<Double> rewards) {}

    /** @param error its first 1000 characters */
    @JsonNaming(SnakeCaseStrategy.class)
    record Failure(RunId runId, @Nullable String taskSlug, String status, @Nullable String stopReason, @Nullable String error) {}
}
