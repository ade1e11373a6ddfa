// SPDX-License-Identifier: Apache-2.0

package dev.assay.grading.statistics;

import io.swagger.v3.oas.annotations.media.Schema;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/** How long graded runs took, from their first lease, or their client's word that they began, to their end. */
@JsonNaming(SnakeCaseStrategy.class)
record Times(
        @Schema(description = "Graded runs of which it is known: those that ended before this was told have none.") long runs,
        @Schema(description = "In seconds; null: known of none.") @Nullable Double medianS,
        @Schema(description = "Nine of ten took no longer.") @Nullable Double p90S) {}
