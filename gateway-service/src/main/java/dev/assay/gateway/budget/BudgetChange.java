// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.budget;

import dev.assay.kit.problem.Problem;
import io.swagger.v3.oas.annotations.media.Schema;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Other limits of a budget: what is left out stays, null takes a limit away. */
@Schema(example = "{\"limit_usd\": 500, \"requests_per_minute\": null}")
record BudgetChange(
        @Schema(implementation = BigDecimal.class, description = "US dollars; null: any.", minimum = "0") @Nullable JsonNode limit_usd,
        @Schema(implementation = Long.class, description = "Tokens, in and out; null: any.", minimum = "0")
                @Nullable JsonNode limit_tokens,
        @Schema(implementation = Integer.class, minimum = "1") @Nullable JsonNode requests_per_minute,
        @Schema(implementation = Integer.class, minimum = "1") @Nullable JsonNode tokens_per_minute,
        @Schema(implementation = Integer.class, minimum = "1") @Nullable JsonNode calls_at_once) {

    /** @throws Problem 400 for what cannot be meant, and for a change that leaves no limit */
    Budget of(Budget before) {
        return new Budget(
                        before.id(),
                        before.team(),
                        before.scope(),
                        before.scopeId(),
                        before.period(),
                        limit_usd == null ? before.limitNanos() : nanos(dollars(limit_usd)),
                        limit_tokens == null ? before.limitTokens() : whole("limit_tokens", limit_tokens, 0, Long.MAX_VALUE / 4),
                        small("requests_per_minute", requests_per_minute, before.requestsPerMinute()),
                        small("tokens_per_minute", tokens_per_minute, before.tokensPerMinute()),
                        small("calls_at_once", calls_at_once, before.callsAtOnce()))
                .checked();
    }

    /** Nano-dollars of what is asked for in dollars. */
    static @Nullable Long nanos(@Nullable BigDecimal dollars) {
        try {
            return dollars == null ? null : Money.nanos(dollars);
        } catch (IllegalArgumentException e) {
            throw Problem.badRequest("limit_usd", e.getMessage());
        }
    }

    private static @Nullable BigDecimal dollars(JsonNode value) {
        if (value.isNull()) {
            return null;
        }
        if (!value.isNumber()) {
            throw Problem.badRequest("limit_usd", "must be a number or null");
        }
        return value.decimalValue();
    }

    private static @Nullable Integer small(String field, @Nullable JsonNode value, @Nullable Integer before) {
        if (value == null) {
            return before;
        }
        var number = whole(field, value, 1, Integer.MAX_VALUE);
        return number == null ? null : number.intValue();
    }

    private static @Nullable Long whole(String field, JsonNode value, long least, long most) {
        if (value.isNull()) {
            return null;
        }
        if (!value.isIntegralNumber() || !value.canConvertToLong() || value.longValue() < least || value.longValue() > most) {
            throw Problem.badRequest(field, "must be a whole number from " + least + " to " + most + ", or null");
        }
        return value.longValue();
    }
}
