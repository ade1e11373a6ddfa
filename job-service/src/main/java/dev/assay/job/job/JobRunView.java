// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.job;

import dev.assay.contracts.RunId;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/** A run as the list of its job shows it. */
@JsonNaming(SnakeCaseStrategy.class)
record JobRunView(
        RunId id,
        String status,
        @Schema(description = "null: not graded, which is not a reward of 0.") @Nullable Double reward,
        @Nullable Instant startTime,
        Instant createdAt,
        @Nullable Instant endTime,
        @Schema(description = "Its first 1000 characters; the run itself has all of them.") @Nullable String error,
        @Schema(description = "Whose failure that is: `agent`, `environment`, `grader`, `model`, `infrastructure`; null: nobody said so.")
                @Nullable String failureKind,
        @Schema(description = "How far the run had come; null: unknown.") @Nullable String failurePhase,
        @Nullable String taskSlug,
        @Nullable String groupId,
        @Nullable String model,
        int attempt,
        @Nullable String environment,
        @Nullable String stopReason) {}
