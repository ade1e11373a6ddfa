// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.ledger;

import dev.assay.kit.identity.Admits;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import dev.assay.kit.problem.Problem;
import dev.assay.kit.web.ReadUuid;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.ArraySchema;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.node.ObjectNode;

@RestController
@Tag(name = "Usage")
class PriceController {

    private static final int LONGEST = 200;

    private final Prices prices;
    private final Clock clock;

    PriceController(Prices prices, Clock clock) {
        this.prices = prices;
        this.clock = clock;
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
                    List<PriceLine.TierLine> tiers,
            @Schema(description = "Tokens of an answer at most, where a call does not say.", minimum = "1") @Nullable Long max_output) {

        PriceLine line() {
            return new PriceLine(input, cache_read, cache_write, cache_write_long, output, tiers, max_output);
        }
    }

    /** @param items the team's own, which win */
    record PriceList(
            @Schema(description = "The team's own, which win.") List<Prices.Own> items,
            @Schema(description = "Those that come with the platform. They are to be checked before anybody bills by them.",
                            type = "array")
                    List<ObjectNode> listed) {}

    @Operation(
            summary = "What models cost",
            description = "In US dollars for a million tokens: the team's own prices, and the list that comes with the platform. A model "
                    + "that none matches has no known price: its calls are booked without a cost.")
    @Admits(Role.VIEWER)
    @GetMapping("/v2/prices")
    PriceList list(Caller caller) {
        return new PriceList(prices.of(caller.team()), Prices.lines());
    }

    @Operation(
            summary = "Set a price",
            description = "For the models whose names match, from a day on. Calls that were booked keep the cost that they have.")
    @Admits(Role.ADMINISTRATOR)
    @PostMapping("/v2/prices")
    @ResponseStatus(HttpStatus.CREATED)
    Prices.Own add(@RequestBody WantedPrice wanted, Caller caller) {
        if (wanted.match() == null || wanted.match().isBlank() || wanted.match().length() > LONGEST || wanted.match().indexOf('\0') >= 0) {
            throw Problem.badRequest("match", "must be a name of 1 to " + LONGEST + " characters, * for any");
        }
        if (wanted.upstream() != null && (wanted.upstream().isBlank() || wanted.upstream().indexOf('\0') >= 0)) {
            throw Problem.badRequest("upstream", "must be an upstream's name, or be left out");
        }
        var own = new Prices.Own(UUID.randomUUID(), wanted.match(), wanted.upstream(), since(wanted.since()), wanted.line());
        try {
            own.price().price("");
        } catch (IllegalArgumentException e) {
            throw Problem.badRequest(e.getMessage());
        }
        prices.add(caller.team(), own, caller.user().value(), clock.instant());
        return own;
    }

    @Operation(summary = "Remove a price of the team's", description = "Of one that comes with the platform nothing can be removed.")
    @Admits(Role.ADMINISTRATOR)
    @DeleteMapping("/v2/prices/{id}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void remove(@Parameter(schema = @Schema(type = "string", format = "uuid")) @PathVariable String id, Caller caller) {
        if (!prices.remove(caller.team(), ReadUuid.of("id", id))) {
            throw Problem.notFound("Your team has no price " + id + ".");
        }
    }

    private LocalDate since(@Nullable String text) {
        try {
            var day = text == null ? LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC) : LocalDate.parse(text);
            if (day.getYear() < 2000 || day.getYear() > 9999) {
                throw Problem.badRequest("since", "must be of the years 2000 to 9999");
            }
            return day;
        } catch (DateTimeParseException e) {
            throw Problem.badRequest("since", "must be a day like 2026-01-31");
        }
    }
}
