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

    /** Of what is answered from a recording. */
    static final Price RECORDED = new Price("recording", new Rates(0, 0, 0, 0, 0), List.of(), 0L);

    Price {
        tiers = tiers.stream().sorted(Comparator.comparingLong(Tier::above).reversed()).toList();
    }

    private static final long MILLION = 1_000_000;

    /** Nano-dollars for a million tokens. */
    record Rates(long input, long cacheRead, long cacheWrite, long cacheWriteLong, long output) {}

    /** What the whole call costs if it has more input than this. */
    record Tier(long above, Rates rates) {}

    /** Exact, and rounded up to the nano-dollar once. */
    long nanos(Usage usage) {
        var rate = rates(usage);
        var plain = usage.input() - usage.cached() - usage.cacheWrite() - usage.cacheWriteLong();
        return sum(
                new long[] {plain, usage.cached(), usage.cacheWrite(), usage.cacheWriteLong(), usage.output()},
                new long[] {rate.input, rate.cacheRead, rate.cacheWrite, rate.cacheWriteLong, rate.output});
    }

    /** What so much may cost at most: whatever of its input is written to a cache, and for how long. */
    long most(Usage usage) {
        var rate = rates(usage);
        var input = Math.max(rate.input, Math.max(rate.cacheWrite, rate.cacheWriteLong));
        return sum(new long[] {usage.input(), usage.output()}, new long[] {input, rate.output});
    }

    private Rates rates(Usage usage) {
        for (var tier : tiers) {
            if (usage.input() > tier.above()) {
                return tier.rates();
            }
        }
        return rates;
    }

    private static long sum(long[] tokens, long[] rates) {
        try {
            var sum = 0L;
            for (var each = 0; each < tokens.length; each++) {
                sum = Math.addExact(sum, Math.multiplyExact(Math.max(0, tokens[each]), rates[each]));
            }
            return Math.ceilDiv(sum, MILLION);
        } catch (ArithmeticException e) {
            return sumOfAnySize(tokens, rates);
        }
    }

    private static long sumOfAnySize(long[] tokens, long[] rates) {
        var sum = BigInteger.ZERO;
        for (var each = 0; each < tokens.length; each++) {
            sum = sum.add(BigInteger.valueOf(Math.max(0, tokens[each])).multiply(BigInteger.valueOf(rates[each])));
        }
        return Money.ofMillionths(sum);
    }
}
