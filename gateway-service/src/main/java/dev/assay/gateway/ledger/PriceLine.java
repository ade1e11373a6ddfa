// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.ledger;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.assay.gateway.budget.Money;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
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
 * @param service_tiers what it costs at service tiers other than the usual one, by their names ({@code flex}, {@code priority}, …;
 *     {@code *}: at every other); at one that is missing nobody knows
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record PriceLine(
        BigDecimal input,
        @Nullable BigDecimal cache_read,
        @Nullable BigDecimal cache_write,
        @Nullable BigDecimal cache_write_long,
        BigDecimal output,
        @Nullable List<@Nullable TierLine> tiers,
        @Nullable Long max_output,
        @Nullable Map<String, @Nullable ServiceLine> service_tiers) {

    private static final int MOST_SERVICES = 20;
    private static final Pattern SERVICE = Pattern.compile("[a-z0-9][a-z0-9_.-]{0,39}|\\*");

    /** What it costs at one service tier; what is left out is as it is of a price. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record ServiceLine(
            BigDecimal input,
            @Nullable BigDecimal cache_read,
            @Nullable BigDecimal cache_write,
            @Nullable BigDecimal cache_write_long,
            BigDecimal output,
            @Nullable List<@Nullable TierLine> tiers) {

        private Price price(String at, String name, @Nullable Long maxOutput) {
            return new Price(
                    name, rates(at, input, cache_read, cache_write, cache_write_long, output), PriceLine.tiers(at, tiers), maxOutput,
                    Map.of());
        }
    }

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
        return new Price(
                name, rates("", input, cache_read, cache_write, cache_write_long, output), tiers("", tiers), max_output, services(name));
    }

    private Map<String, Price> services(String name) {
        var given = service_tiers == null ? Map.<String, @Nullable ServiceLine>of() : service_tiers;
        if (given.size() > MOST_SERVICES) {
            throw new IllegalArgumentException("service_tiers: must be at most " + MOST_SERVICES);
        }
        var services = new LinkedHashMap<String, Price>();
        given.forEach((tier, line) -> {
            if (!SERVICE.matcher(tier).matches() || !tier.equals(Price.tier(tier))) {
                throw new IllegalArgumentException("service_tiers: must be named as providers do in lower case, or * for every other; what "
                        + "is usual stands outside, and fast is priority");
            }
            if (line == null) {
                throw new IllegalArgumentException("service_tiers." + tier + ": must be an object");
            }
            services.put(tier, line.price("service_tiers." + tier + ".", name + ", " + tier, max_output));
        });
        return Map.copyOf(services);
    }

    private static List<Price.Tier> tiers(String at, @Nullable List<@Nullable TierLine> given) {
        var tiers = new ArrayList<Price.Tier>();
        for (var number = 0; given != null && number < given.size(); number++) {
            var tier = given.get(number);
            if (tier == null) {
                throw new IllegalArgumentException(at + "tiers[" + number + "]: must be an object");
            }
            tiers.add(tier.tier(at + "tiers[" + number + "]."));
        }
        return tiers;
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
