// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.ledger;

import dev.assay.kit.problem.Problem;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Reads price lists of the shape that has become common: an object with a member for each model, whose members name dollars for one token
 * ({@code input_cost_per_token}, {@code output_cost_per_token}, {@code cache_read_input_token_cost}, …, and the same with
 * {@code _above_200k_tokens} for calls with more input, {@code _flex}, {@code _priority} and {@code _batches} for service tiers).
 */
final class PriceImport {

    private static final int MOST = 20_000;
    private static final int LONGEST = 200;
    /** It explains the shape, and is no model. */
    private static final String SAMPLE = "sample_spec";
    private static final Pattern TIER = Pattern.compile("input_cost_per_token_above_(\\d{1,6})k_tokens(_flex|_priority|_batches)?");
    /** What lists put behind their words for what costs so at a service tier, and what that is called in answers. */
    private static final Map<String, String> SERVICES = Map.of("_flex", "flex", "_priority", "priority", "_batches", "batch");
    private static final BigDecimal MILLION = BigDecimal.valueOf(1_000_000);

    private final List<Prices.Own> prices = new ArrayList<>();
    private final SortedMap<String, Integer> skipped = new TreeMap<>();
    private final Set<String> names = new HashSet<>();

    private PriceImport() {}

    /**
     * @param since from which day on they hold
     * @throws Problem 400 for what is no such list, and for one with a price that none can be; names the model and the member
     */
    static PriceImport read(JsonNode list, LocalDate since) {
        if (!list.isObject() || list.isEmpty()) {
            throw Problem.badRequest("must be an object with a member for each model");
        }
        if (list.size() > MOST) {
            throw Problem.badRequest("must hold at most " + MOST + " models");
        }
        var read = new PriceImport();
        list.properties().forEach(model -> read.model(model.getKey(), model.getValue(), since));
        return read;
    }

    List<Prices.Own> prices() {
        return prices;
    }

    /** How many models were left out, by the reason. */
    Map<String, Integer> skipped() {
        return skipped;
    }

    private void model(String name, JsonNode said, LocalDate since) {
        if (name.equals(SAMPLE)) {
            return;
        }
        if (!said.isObject()) {
            throw Problem.badRequest(name, "must be an object");
        }
        var known = name.length() > LONGEST ? name.substring(0, LONGEST) : name;
        if (name.isBlank() || name.length() > LONGEST || name.indexOf('*') >= 0 || name.indexOf('\0') >= 0) {
            throw Problem.badRequest(known, "is no model's name of 1 to " + LONGEST + " characters without *");
        }
        if (!names.add(name.toLowerCase(Locale.ROOT))) {
            throw Problem.badRequest(name, "stands in the list twice: upper and lower case are the same");
        }
        var input = perMillion(name, said, "input_cost_per_token");
        var output = perMillion(name, said, "output_cost_per_token");
        if (input == null || output == null && !"embedding".equals(said.path("mode").asString(""))) {
            skip("not priced by the token");
            return;
        }
        var line = new PriceLine(
                input,
                perMillion(name, said, "cache_read_input_token_cost"),
                perMillion(name, said, "cache_creation_input_token_cost"),
                perMillion(name, said, "cache_creation_input_token_cost_above_1hr"),
                output == null ? BigDecimal.ZERO : output,
                tiers(name, said, output, ""),
                most(said.path("max_output_tokens")),
                services(name, said, output));
        try {
            line.price("");
        } catch (IllegalArgumentException e) {
            skip("finer than the books count, or beyond all measure");
            return;
        }
        prices.add(new Prices.Own(UUID.randomUUID(), name.toLowerCase(Locale.ROOT), null, since, line));
    }

    /** What is no number of tokens limits nothing. */
    private static @Nullable Long most(JsonNode tokens) {
        return tokens.isIntegralNumber() && tokens.canConvertToLong() && tokens.longValue() > 0 ? tokens.longValue() : null;
    }

    /** Where a list names no price of what comes out at a tier, it is not known what that costs. */
    private static @Nullable Map<String, PriceLine.@Nullable ServiceLine> services(
            String name, JsonNode said, @Nullable BigDecimal usual) {
        var services = new TreeMap<String, PriceLine.@Nullable ServiceLine>();
        SERVICES.forEach((end, tier) -> {
            var input = perMillion(name, said, "input_cost_per_token" + end);
            var output = perMillion(name, said, "output_cost_per_token" + end);
            if (input != null && (output != null || usual == null)) {
                services.put(tier, new PriceLine.ServiceLine(
                        input,
                        perMillion(name, said, "cache_read_input_token_cost" + end),
                        perMillion(name, said, "cache_creation_input_token_cost" + end),
                        null,
                        output == null ? BigDecimal.ZERO : output,
                        tiers(name, said, output, end)));
            }
        });
        return services.isEmpty() ? null : services;
    }

    /** @param service what stands at the end of a service tier's members; empty: of the usual one's */
    private static @Nullable List<PriceLine.@Nullable TierLine> tiers(
            String name, JsonNode said, @Nullable BigDecimal output, String service) {
        var tiers = new ArrayList<PriceLine.@Nullable TierLine>();
        for (var member : said.propertyNames()) {
            var tier = TIER.matcher(member);
            var isOne = tier.matches() && service.equals(tier.group(2) == null ? "" : tier.group(2));
            var input = isOne ? perMillion(name, said, member) : null;
            if (input != null) {
                var end = "_above_" + tier.group(1) + "k_tokens" + service;
                var more = perMillion(name, said, "output_cost_per_token" + end);
                tiers.add(new PriceLine.TierLine(
                        Long.parseLong(tier.group(1)) * 1000,
                        input,
                        perMillion(name, said, "cache_read_input_token_cost" + end),
                        perMillion(name, said, "cache_creation_input_token_cost" + end),
                        null,
                        more != null ? more : output == null ? BigDecimal.ZERO : output));
            }
        }
        return tiers.isEmpty() ? null : tiers;
    }

    private void skip(String reason) {
        skipped.merge(reason, 1, Integer::sum);
    }

    private static @Nullable BigDecimal perMillion(String model, JsonNode said, String member) {
        var value = said.path(member);
        if (value.isMissingNode() || value.isNull()) {
            return null;
        }
        if (!value.isNumber() || value.decimalValue().signum() < 0) {
            throw Problem.badRequest(model + "." + member, "must be a number of dollars, not below 0");
        }
        try {
            return value.decimalValue().multiply(MILLION).stripTrailingZeros();
        } catch (ArithmeticException e) {
            throw Problem.badRequest(model + "." + member, "must be a number of dollars that can be counted");
        }
    }
}
