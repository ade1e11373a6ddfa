// SPDX-License-Identifier: Apache-2.0

package dev.assay.grading.grade;

import dev.assay.contracts.Failure;
import dev.assay.contracts.JobId;
import dev.assay.contracts.RunId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * The grade of record of one run.
 *
 * @param failure whose failure the error is; null: nothing failed, or nobody said so
 * @param reward null: never graded
 * @param evaluation as the environment sent it, subscores included
 */
@JsonNaming(SnakeCaseStrategy.class)
record GradeView(
        RunId traceId,
        JobId jobId,
        @Nullable String groupId,
        @Nullable String taskSlug,
        String status,
        @Nullable String stopReason,
        @Nullable String error,
        @Nullable Failure failure,
        @Nullable Double reward,
        @Nullable JsonNode evaluation,
        Instant finishedAt) {

    static GradeView of(Grade grade, @Nullable JsonNode evaluation) {
        return new GradeView(
                grade.run(),
                grade.job(),
                grade.groupId(),
                grade.taskSlug(),
                grade.status(),
                grade.stopReason(),
                grade.error(),
                grade.failure(),
                grade.reward(),
                evaluation,
                grade.finishedAt());
    }
}
