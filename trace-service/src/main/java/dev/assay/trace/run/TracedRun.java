// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.run;

import dev.assay.contracts.JobId;
import dev.assay.contracts.TeamId;
import java.time.Instant;
import java.time.LocalDate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A run as far as this service has heard of it. Without a status it has not ended yet.
 *
 * @param day of its first span here
 * @param evaluationByReference whether it is too large to lie here: job-service is asked for it
 * @param clearedAt when its spans were deleted; null: they were not, or more have come since
 */
public record TracedRun(
        TeamId team,
        LocalDate day,
        @Nullable JobId job,
        @Nullable String taskSlug,
        @Nullable String environment,
        @Nullable String model,
        @Nullable String status,
        @Nullable String stopReason,
        @Nullable String error,
        @Nullable Double reward,
        @Nullable JsonNode evaluation,
        boolean evaluationByReference,
        int revision,
        @Nullable Instant finishedAt,
        @Nullable Instant clearedAt) {

    /** Whether it stays as it has ended: whatever else has ended may be run again. */
    public boolean isGraded() {
        return "completed".equals(status) && reward != null;
    }

    /** The same while it is under way once more. */
    public TracedRun withoutEnd() {
        return new TracedRun(
                team, day, job, taskSlug, environment, model, null, null, null, null, null, false, revision, null, clearedAt);
    }
}
