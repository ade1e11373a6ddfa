// SPDX-License-Identifier: Apache-2.0

package dev.assay.grading.grade;

import com.fasterxml.jackson.annotation.JsonRawValue;
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
        @Schema(description = "`environment`: it came with an end of the run. `verifier`: so too, from the verifier that its task names. `person`; `judge` or `rule`: of a regrade.") String source,
        @Schema(description = "The environment's name, the user's id, the judge's model, or the rule's name.") @Nullable String evaluator,
        @Schema(description = "null: it came to no reward, which is not 0.") @Nullable Double reward,
        @Nullable String reason,
        @Nullable String error,
        @Schema(type = "object", description = "What it was made of: `name`, `weight`, `value`, `children`, `info`, as in a grade frame; null: it was not said.")
                @JsonRawValue
                @Nullable
                String details,
        @Schema(description = "Whether it is the one that counts.") boolean ofRecord,
        Instant givenAt) {}
