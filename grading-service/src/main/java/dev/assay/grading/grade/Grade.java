// SPDX-License-Identifier: Apache-2.0

package dev.assay.grading.grade;

import dev.assay.contracts.Failure;
import dev.assay.contracts.JobId;
import dev.assay.contracts.RunId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How a run ended, and what it is worth.
 *
 * @param failure whose failure the error is; null: nobody said so
 * @param reward null: never graded
 */
record Grade(
        RunId run,
        JobId job,
        @Nullable String groupId,
        @Nullable String taskSlug,
        @Nullable String environment,
        @Nullable String model,
        String status,
        @Nullable String stopReason,
        @Nullable String error,
        @Nullable Failure failure,
        @Nullable Double reward,
        Instant finishedAt) {}
