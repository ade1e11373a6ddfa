// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.ledger;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.assay.gateway.budget.Money;
import java.math.BigDecimal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A price as people write it: dollars for a million tokens.
 *
 * @param input what is neither read from the provider's cache nor written to it
 * @param cache_read null: as input
 * @param cache_write kept for minutes; null: as input
 * @param cache_write_long kept for an hour; null: as cache_write
 * @param tiers what the whole call costs instead if its input is larger
 * @param max_output tokens of an answer at most, where the call does not say; null: unknown
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record PriceLine(
        BigDecimal input,
        @Nullable BigDecimal cache_read,
        @Nullable BigDecimal cache_write,
        @Nullable BigDecimal cache_write_long,
        BigDecimal output,
        @Nullable List<@Nullable TierLine> tiers,
        @Nullable Long max_output) {

    /** @param above tokens of input that such a call has more than */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record TierLine(
            long above,
            BigDecimal input,
            @Nullable BigDecimal cache_read,
            @Nullable BigDecimal cache_write,
            @Nullable BigDecimal cache_write_long,
            BigDecimal output) {

        Price.Tier tier(String at) {
            if (above < 1) {
                throw new IllegalArgumentException(at + "above: must be at least 1");
            }
            return new Price.Tier(above, rates(at, input, cache_read, cache_write, cache_write_long, output));
        }
    }

    /** @throws IllegalArgumentException for what is no price: {@code <field>: <reason>} */
    Price price(String name) {
        if (max_output != null && max_output < 1) {
            throw new IllegalArgumentException("max_output: must be at least 1");
        }
        var more = new java.util.ArrayList<Price.Tier>();
        var given = tiers == null ? List.<@Nullable TierLine>of() : tiers;
        for (var number = 0; number < given.size(); number++) {
            var tier = given.get(number);
            if (tier == null) {
                throw new IllegalArgumentException("tiers[" + number + "]: must be an object");
            }
            more.add(tier.tier("tiers[" + number + "]."));
        }
        return new Price(name, rates("", input, cache_read, cache_write, cache_write_long, output), more, max_output);
    }

    private static Price.Rates rates(
            String at,
            @Nullable BigDecimal input,
            @Nullable BigDecimal cacheRead,
            @Nullable BigDecimal cacheWrite,
            @Nullable BigDecimal cacheWriteLong,
            @Nullable BigDecimal output) {
        var in = nanos(at + "input", input);
        var write = cacheWrite == null ? in : nanos(at + "cache_write", cacheWrite);
        return new Price.Rates(
                in,
                cacheRead == null ? in : nanos(at + "cache_read", cacheRead),
                write,
                cacheWriteLong == null ? write : nanos(at + "cache_write_long", cacheWriteLong),
                nanos(at + "output", output));
    }

    private static long nanos(String field, @Nullable BigDecimal dollars) {
        if (dollars == null) {
            throw new IllegalArgumentException(field + ": required");
        }
        try {
            return Money.nanos(dollars);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(field + ": " + e.getMessage(), e);
        }
    }
}
