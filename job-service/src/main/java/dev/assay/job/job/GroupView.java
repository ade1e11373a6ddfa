// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.job;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.assay.contracts.RunId;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/** Runs of the same task that are compared with each other. */
@JsonNaming(SnakeCaseStrategy.class)
record GroupView(
        @Nullable String taskSlug,
        @Nullable String groupId,
        @Schema(description = "Which version of the task its first run is of; null: not known, as of what clients submit or drive.")
                @Nullable UUID taskVersionId,
        @JsonUnwrapped Counts counts,
        @Schema(description = "The first 64 of them.") List<GroupRun> runs) {

    /** A run in short. */
    @JsonNaming(SnakeCaseStrategy.class)
    record GroupRun(
            RunId id,
            String status,
            @Schema(description = "null: not graded, which is not a reward of 0.") @Nullable Double reward) {}

    /** @param next to be passed as {@code cursor} for the page behind this one; null: this is the last */
    @JsonNaming(SnakeCaseStrategy.class)
    record Groups(
            List<GroupView> items,
            @Schema(description = "As it was applied.") int limit,
            @Schema(description = "To be passed as `cursor` for the page behind this one; null: this is the last.") @Nullable String next) {}
}
