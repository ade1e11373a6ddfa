// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.run;

import dev.assay.contracts.RunId;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/** A run that another one began, as that one shows it. */
@JsonNaming(SnakeCaseStrategy.class)
record BegunRun(
        RunId id,
        @Nullable String taskSlug,
        @Nullable String model,
        @Schema(description = "As that of a run.") String status,
        @Schema(description = "null: not graded.") @Nullable Double reward,
        @Schema(description = "null: it waits.") @Nullable Instant startedAt,
        @Nullable Instant endedAt) {}
