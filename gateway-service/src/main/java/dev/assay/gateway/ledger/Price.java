// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.ledger;

import dev.assay.gateway.budget.Money;
import dev.assay.gateway.dialect.Usage;
import java.math.BigInteger;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a model's tokens cost.
 *
 * @param name which price it is: its pattern and since when, and whose
 * @param tiers the largest first
 * @param maxOutput tokens of an answer at most; null: unknown
 * @param services what it costs at service tiers other than the usual one, by their names in lower case; {@link #ANY}: at every other
 */
record Price(String name, Rates rates, List<Tier> tiers, @Nullable Long maxOutput, Map<String, Price> services) {

    static final String ANY = "*";

    /** What providers call the tier that costs what is usual; those who leave it to the provider get this one, or are told another. */
    static final Set<String> USUAL = Set.of("", "auto", "default", "standard", "standard_only", "on_demand", "unspecified");

    private static final Rates NOTHING = new Rates(0, 0, 0, 0, 0);

    /** Of what is answered from a recording. */
    static final Price RECORDED = new Price(
            "recording", NOTHING, List.of(), 0L, Map.of(ANY, new Price("recording", NOTHING, List.of(), 0L, Map.of())));

    Price {
        tiers = tiers.stream().sorted(Comparator.comparingLong(Tier::above).reversed()).toList();
    }

    private static final long MILLION = 1_000_000;
    /** No provider's word is longer. */
    private static final int LONGEST_TIER = 40;

    /** A service tier as it is looked for and told; null: the usual one. */
    static @Nullable String tier(@Nullable String said) {
        var word = said == null ? "" : said.strip().toLowerCase(Locale.ROOT);
        var known = word.equals("fast") ? "priority" : word; // OpenAI's two words for one
        return USUAL.contains(word) ? null : known.substring(0, Math.min(known.length(), LONGEST_TIER));
    }

    /** What is asked at a service tier, as {@link #tier} has it; null: nobody knows. */
    @Nullable Price at(@Nullable String tier) {
        return tier == null ? this : services.getOrDefault(tier, services.get(ANY));
    }

    /** Nano-dollars for a million tokens. */
    record Rates(long input, long cacheRead, long cacheWrite, long cacheWriteLong, long output) {}

    /** What the whole call costs if it has more input than this. */
    record Tier(long above, Rates rates) {}

    /** Exact, and rounded up to the nano-dollar once. */
    long nanos(Usage usage) {
        var rate = rates(usage);
        var plain = usage.input() - usage.cached() - usage.cacheWrite() - usage.cacheWriteLong();
        try {
            var sum = Math.addExact(nanos(plain, rate.input), nanos(usage.output(), rate.output));
            sum = Math.addExact(sum, nanos(usage.cached(), rate.cacheRead));
            sum = Math.addExact(sum, nanos(usage.cacheWrite(), rate.cacheWrite));
            return Math.ceilDiv(Math.addExact(sum, nanos(usage.cacheWriteLong(), rate.cacheWriteLong)), MILLION);
        } catch (ArithmeticException e) {
            return sumOfAnySize(
                    new long[] {plain, usage.cached(), usage.cacheWrite(), usage.cacheWriteLong(), usage.output()},
                    new long[] {rate.input, rate.cacheRead, rate.cacheWrite, rate.cacheWriteLong, rate.output});
        }
    }

    /** What so much may cost at most: whatever of its input is written to a cache, and for how long. */
    long most(Usage usage) {
        var rate = rates(usage);
        var input = Math.max(rate.input, Math.max(rate.cacheWrite, rate.cacheWriteLong));
        try {
            return Math.ceilDiv(Math.addExact(nanos(usage.input(), input), nanos(usage.output(), rate.output)), MILLION);
        } catch (ArithmeticException e) {
            return sumOfAnySize(new long[] {usage.input(), usage.output()}, new long[] {input, rate.output});
        }
    }

    private Rates rates(Usage usage) {
        for (var tier : tiers) {
            if (usage.input() > tier.above()) {
                return tier.rates();
            }
        }
        return rates;
    }

    /** In millionths. */
    private static long nanos(long tokens, long rate) {
        return Math.multiplyExact(Math.max(0, tokens), rate);
    }

    private static long sumOfAnySize(long[] tokens, long[] rates) {
        var sum = BigInteger.ZERO;
        for (var each = 0; each < tokens.length; each++) {
            sum = sum.add(BigInteger.valueOf(Math.max(0, tokens[each])).multiply(BigInteger.valueOf(rates[each])));
        }
        return Money.ofMillionths(sum);
    }
}
