// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.ledger;

import dev.assay.gateway.ledger.PriceBook.Imported;
import dev.assay.gateway.ledger.PriceBook.WantedPrice;
import dev.assay.kit.identity.Admits;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.ExampleObject;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Clock;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.node.ObjectNode;

/** Prices of a team, and what everybody's are to it. */
@RestController
@Tag(name = "Usage")
class PriceController {

    static final String LIST =
            """
            {"gpt-4o-mini": {"input_cost_per_token": 1.5e-07, "output_cost_per_token": 6e-07, "cache_read_input_token_cost": 7.5e-08,
             "max_output_tokens": 16384, "mode": "chat"}}""";

    private final Prices prices;
    private final PriceBook book;
    private final Clock clock;

    PriceController(Prices prices, PriceBook book, Clock clock) {
        this.prices = prices;
        this.book = book;
        this.clock = clock;
    }

    /** Prices, and which of them counts for one model. */
    record PriceList(
            @Schema(description = "The team's own, which win.") List<Prices.Own> items,
            @Schema(description = "The operator's, which win over those that come with the platform.") List<Prices.Own> everybody,
            @Schema(description = "Those that come with the platform. They are to be checked before anybody bills by them.", type = "array")
                    List<ObjectNode> listed,
            @Schema(description = "What counts today for the model that was asked for: whose price, its pattern and its day, as booked "
                            + "calls name it. Null: nobody knows, or no model was asked for.")
                    @Nullable String wins) {}

    @Operation(
            summary = "What models cost",
            description = "In US dollars for a million tokens: the team's own prices, those of the operator for everybody, and the list "
                    + "that comes with the platform. With `model` it also says which of them counts. A model that none matches has no "
                    + "known price: its calls are booked without a cost.")
    @Admits(Role.VIEWER)
    @GetMapping("/v2/prices")
    PriceList list(
            @Parameter(description = "As its upstream calls it.") @RequestParam(required = false) @Nullable String model,
            @Parameter(description = "Who serves it; left out: somebody for whom nobody has a price of its own.")
                    @RequestParam(required = false)
                    @Nullable String upstream,
            Caller caller) {
        var wins = model == null
                ? null
                : prices.find(caller.team(), List.of(model), upstream == null ? "" : upstream, clock.instant())
                        .map(Price::name)
                        .orElse(null);
        return new PriceList(prices.of(caller.team()), prices.of(Prices.EVERYBODY), Prices.lines(), wins);
    }

    @Operation(
            summary = "Set a price",
            description = "For the models whose names match, from a day on. Calls that were booked keep the cost that they have.")
    @Admits(Role.ADMINISTRATOR)
    @PostMapping("/v2/prices")
    @ResponseStatus(HttpStatus.CREATED)
    Prices.Own add(@RequestBody WantedPrice wanted, Caller caller) {
        return book.add(caller.team(), wanted, caller);
    }

    @Operation(
            summary = "Import a list of prices",
            description = "In the shape that has become common for published lists: an object with a member for each model, in dollars for "
                    + "one token. All of it is taken, or nothing. Prices of the same names and day are replaced.",
            requestBody = @io.swagger.v3.oas.annotations.parameters.RequestBody(required = true, content = @Content(
                    mediaType = "application/json", schema = @Schema(type = "object"), examples = @ExampleObject(LIST))))
    @Admits(Role.ADMINISTRATOR)
    @PostMapping(path = "/v2/prices/import", consumes = MediaType.APPLICATION_JSON_VALUE)
    Imported read(
            @RequestBody byte[] list,
            @Parameter(description = "From this day on, by UTC; left out: today.", schema = @Schema(type = "string", format = "date"))
                    @RequestParam(required = false)
                    @Nullable String since,
            Caller caller) {
        return book.read(caller.team(), list, since, caller);
    }

    @Operation(summary = "Remove a price of the team's", description = "Of one that comes with the platform nothing can be removed.")
    @Admits(Role.ADMINISTRATOR)
    @DeleteMapping("/v2/prices/{id}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void remove(@Parameter(schema = @Schema(type = "string", format = "uuid")) @PathVariable String id, Caller caller) {
        book.remove(caller.team(), id, caller);
    }
}
