// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.ledger;

import dev.assay.gateway.budget.Money;
import dev.assay.gateway.dialect.Usage;
import java.math.BigInteger;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a model's tokens cost.
 *
 * @param name which price it is: its pattern and since when, and whose
 * @param tiers the largest first
 * @param maxOutput tokens of an answer at most; null: unknown
 */
record Price(String name, Rates rates, List<Tier> tiers, @Nullable Long maxOutput) {

    Price {
        tiers = tiers.stream().sorted(Comparator.comparingLong(Tier::above).reversed()).toList();
    }

    /** Nano-dollars for a million tokens. */
    record Rates(long input, long cacheRead, long cacheWrite, long cacheWriteLong, long output) {}

    /** What the whole call costs if it has more input than this. */
    record Tier(long above, Rates rates) {}

    /** Exact, and rounded up to the nano-dollar once. */
    long nanos(Usage usage) {
        var rate = tiers.stream().filter(tier -> usage.input() > tier.above()).findFirst().map(Tier::rates).orElse(rates);
        var plain = Math.max(0, usage.input() - usage.cached() - usage.cacheWrite() - usage.cacheWriteLong());
        return Money.ofMillionths(times(plain, rate.input)
                .add(times(usage.cached(), rate.cacheRead))
                .add(times(usage.cacheWrite(), rate.cacheWrite))
                .add(times(usage.cacheWriteLong(), rate.cacheWriteLong))
                .add(times(usage.output(), rate.output)));
    }

    /** What so much may cost at most: whatever of its input is written to a cache, and for how long. */
    long most(Usage usage) {
        var rate = tiers.stream().filter(tier -> usage.input() > tier.above()).findFirst().map(Tier::rates).orElse(rates);
        var input = Math.max(rate.input, Math.max(rate.cacheWrite, rate.cacheWriteLong));
        return Money.ofMillionths(times(usage.input(), input).add(times(usage.output(), rate.output)));
    }

    private static BigInteger times(long tokens, long rate) {
        return BigInteger.valueOf(Math.max(0, tokens)).multiply(BigInteger.valueOf(rate));
    }
}
