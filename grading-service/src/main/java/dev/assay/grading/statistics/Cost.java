// SPDX-License-Identifier: Apache-2.0

package dev.assay.grading.statistics;

import io.swagger.v3.oas.annotations.media.Schema;
import java.math.BigDecimal;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/** What model calls used, as the gateway has booked them: of all runs, also of those in no mean. */
@JsonNaming(SnakeCaseStrategy.class)
record Cost(
        @Schema(description = "Of the calls whose price is known.") BigDecimal costUsd,
        long calls,
        @Schema(description = "Calls whose price nobody knows: what they cost is not in cost_usd.") long unpricedCalls,
        @Schema(description = "Cached ones included.") long inputTokens,
        @Schema(description = "Reasoning included.") long outputTokens) {

    static final Cost NOTHING = new Cost(BigDecimal.ZERO, 0, 0, 0, 0);

    Cost plus(Cost other) {
        return new Cost(
                costUsd.add(other.costUsd), calls + other.calls, unpricedCalls + other.unpricedCalls, inputTokens + other.inputTokens,
                outputTokens + other.outputTokens);
    }
}
