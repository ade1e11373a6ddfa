// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.ledger;

import dev.assay.contracts.TeamId;
import dev.assay.gateway.audit.Audit;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.problem.Problem;
import dev.assay.kit.web.ReadUuid;
import io.swagger.v3.oas.annotations.media.ArraySchema;
import io.swagger.v3.oas.annotations.media.Schema;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Changes prices, a team's or everybody's, and takes that down. */
@Component
class PriceBook {

    private static final int LONGEST = 200;
    /** A price is what was written, to the digit. */
    private static final JsonMapper EXACT = JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();

    private final Prices prices;
    private final Audit audit;
    private final Clock clock;
    private final TransactionTemplate transactions;

    PriceBook(Prices prices, Audit audit, Clock clock, TransactionTemplate transactions) {
        this.prices = prices;
        this.audit = audit;
        this.clock = clock;
        this.transactions = transactions;
    }

    /** A price as it is asked for: US dollars for a million tokens. */
    @Schema(example = "{\"match\": \"my-org/*\", \"input\": 0.2, \"cache_read\": 0.05, \"output\": 0.8}")
    record WantedPrice(
            @Schema(description = "Names of models, * for any characters.", minLength = 1, maxLength = LONGEST) String match,
            @Schema(description = "Only if this upstream serves it.") @Nullable String upstream,
            @Schema(description = "From this day on, by UTC; left out: today.", format = "date") @Nullable String since,
            @Schema(minimum = "0") BigDecimal input,
            @Schema(description = "Left out: as input.", minimum = "0") @Nullable BigDecimal cache_read,
            @Schema(description = "Left out: as input.", minimum = "0") @Nullable BigDecimal cache_write,
            @Schema(description = "Left out: as cache_write.", minimum = "0") @Nullable BigDecimal cache_write_long,
            @Schema(minimum = "0") BigDecimal output,
            @ArraySchema(arraySchema = @Schema(description = "What a call costs as a whole whose input is larger.")) @Nullable
                    List<PriceLine.@Nullable TierLine> tiers,
            @Schema(description = "Tokens of an answer at most, where a call does not say.", minimum = "1") @Nullable Long max_output,
            @Schema(description = "What it costs at service tiers other than the usual one, by the provider's words for them (flex, "
                            + "priority, batch); * for every other. At one that is missing nobody knows.")
                    @Nullable Map<String, PriceLine.@Nullable ServiceLine> service_tiers) {}

    /** What came of a list. */
    record Imported(
            int imported,
            @Schema(description = "Prices of the same names and day that were replaced.") int replaced,
            @Schema(description = "Models that were left out, by the reason.") Map<String, Integer> skipped,
            LocalDate since) {}

    Prices.Own add(TeamId whose, WantedPrice wanted, Caller caller) {
        if (wanted.match() == null || wanted.match().isBlank() || wanted.match().length() > LONGEST || wanted.match().indexOf('\0') >= 0) {
            throw Problem.badRequest("match", "must be a name of 1 to " + LONGEST + " characters, * for any");
        }
        if (wanted.upstream() != null && (wanted.upstream().isBlank() || wanted.upstream().indexOf('\0') >= 0)) {
            throw Problem.badRequest("upstream", "must be an upstream's name, or be left out");
        }
        var line = new PriceLine(
                wanted.input(), wanted.cache_read(), wanted.cache_write(), wanted.cache_write_long(), wanted.output(), wanted.tiers(),
                wanted.max_output(), wanted.service_tiers());
        var own = new Prices.Own(UUID.randomUUID(), wanted.match(), wanted.upstream(), day("since", wanted.since()), line);
        try {
            own.price().price("");
        } catch (IllegalArgumentException e) {
            throw Problem.badRequest(e.getMessage());
        }
        changing(whose, () -> {
            prices.add(whose, List.of(own), caller.user().value(), clock.instant());
            audit.changed(caller, "price.add", "price", own.id().toString(), null, own);
        });
        return own;
    }

    void remove(TeamId whose, String id, Caller caller) {
        var which = ReadUuid.of("id", id);
        changing(whose, () -> {
            var before = prices.one(whose, which).orElseThrow(() -> Problem.notFound("There is no such price: " + id + "."));
            prices.remove(which);
            audit.changed(caller, "price.remove", "price", which.toString(), before, null);
        });
    }

    /** All of a list or nothing. */
    Imported read(TeamId whose, byte[] list, @Nullable String since, Caller caller) {
        var day = day("since", since);
        var read = PriceImport.read(tree(list), day);
        var replaced = new int[1];
        changing(whose, () -> {
            replaced[0] = prices.removeImported(whose, read.prices().stream().map(Prices.Own::match).toList(), day);
            prices.add(whose, read.prices(), caller.user().value(), clock.instant());
            audit.changed(
                    caller, "price.import", "price", day.toString(), null,
                    Map.of("imported", read.prices().size(), "replaced", replaced[0], "since", day));
        });
        return new Imported(read.prices().size(), replaced[0], read.skipped(), day);
    }

    private static JsonNode tree(byte[] list) {
        try {
            return EXACT.readTree(list);
        } catch (JacksonException e) {
            throw Problem.badRequest("is no JSON: " + e.getOriginalMessage());
        }
    }

    private void changing(TeamId whose, Runnable change) {
        transactions.executeWithoutResult(transaction -> change.run());
        prices.changed(whose);
    }

    LocalDate day(String field, @Nullable String text) {
        try {
            var day = text == null ? LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC) : LocalDate.parse(text);
            if (day.getYear() < 2000 || day.getYear() > 9999) {
                throw Problem.badRequest(field, "must be of the years 2000 to 9999");
            }
            return day;
        } catch (DateTimeParseException e) {
            throw Problem.badRequest(field, "must be a day like 2026-01-31");
        }
    }
}
