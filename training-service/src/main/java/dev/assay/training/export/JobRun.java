// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.export;

import dev.assay.contracts.RunId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/** A run as job-service lists it. */
@JsonNaming(SnakeCaseStrategy.class)
record JobRun(
        RunId id,
        String status,
        @Nullable Double reward,
        @Nullable Instant createdAt,
        @Nullable Instant startTime,
        @Nullable Instant endTime,
        @Nullable String stopReason,
        @Nullable String error,
        @Nullable String failureKind,
        @Nullable String failurePhase,
        @Nullable String taskSlug,
        @Nullable String groupId,
        @Nullable String model,
        @Nullable String environment,
        int attempt) {

    void checkThatItIsOver() throws LeftOutException {
        if (endTime == null) {
            throw new LeftOutException("it is not over, it is " + status);
        }
    }

    boolean isLearntFrom() {
        return endTime != null && reward != null && !"timeout".equals(stopReason);
    }

    /** As of a run that training is told by its id. */
    void checkThatItIsLearntFrom() throws LeftOutException {
        checkThatItIsOver();
        if ("timeout".equals(stopReason)) {
            throw new LeftOutException("it timed out");
        }
        if (reward == null) {
            throw new LeftOutException("it has no valid grade" + (error == null ? "" : ": " + error));
        }
    }
}
