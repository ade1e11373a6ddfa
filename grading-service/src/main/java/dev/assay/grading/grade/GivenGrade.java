// SPDX-License-Identifier: Apache-2.0

package dev.assay.grading.grade;

import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/** A grade that a run was given at some time. */
@JsonNaming(SnakeCaseStrategy.class)
record GivenGrade(
        UUID id,
        @Schema(description = "`environment`: it came with an end of the run, from its environment or verifier. `person`.") String source,
        @Schema(description = "The environment's name, or the user's id.") @Nullable String evaluator,
        @Schema(description = "null: it came to no reward, which is not 0.") @Nullable Double reward,
        @Nullable String reason,
        @Nullable String error,
        @Schema(description = "Whether it is the one that counts.") boolean ofRecord,
        Instant givenAt) {}
