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
import io.swagger.v3.oas.annotations.security.SecurityRequirement;
import io.swagger.v3.oas.annotations.tags.Tag;
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

/** Prices for everybody. */
@RestController
@Admits(Role.OPERATOR)
@Tag(name = "Usage")
class AdminPriceController {

    private final Prices prices;
    private final PriceBook book;

    AdminPriceController(Prices prices, PriceBook book) {
        this.prices = prices;
        this.book = book;
    }

    record EverybodysPrices(List<Prices.Own> items, int total) {}

    @Operation(
            summary = "The operator's prices",
            description = "They count for every team that has none of its own for a model, before those that come with the platform.",
            security = @SecurityRequirement(name = "admin"))
    @GetMapping("/v2/admin/prices")
    EverybodysPrices list() {
        var items = prices.of(Prices.EVERYBODY);
        return new EverybodysPrices(items, items.size());
    }

    @Operation(
            summary = "Set a price for everybody",
            description = "For the models whose names match, from a day on. Needs the operator's token as bearer.",
            security = @SecurityRequirement(name = "admin"))
    @PostMapping("/v2/admin/prices")
    @ResponseStatus(HttpStatus.CREATED)
    Prices.Own add(@RequestBody WantedPrice wanted, Caller caller) {
        return book.add(Prices.EVERYBODY, wanted, caller);
    }

    @Operation(
            summary = "Import a list of prices for everybody",
            description = "As `POST /v2/prices/import` does for a team. Needs the operator's token as bearer.",
            security = @SecurityRequirement(name = "admin"),
            requestBody = @io.swagger.v3.oas.annotations.parameters.RequestBody(required = true, content = @Content(
                    mediaType = "application/json", schema = @Schema(type = "object"), examples = @ExampleObject(PriceController.LIST))))
    @PostMapping(path = "/v2/admin/prices/import", consumes = MediaType.APPLICATION_JSON_VALUE)
    Imported read(
            @RequestBody byte[] list,
            @Parameter(description = "From this day on, by UTC; left out: today.", schema = @Schema(type = "string", format = "date"))
                    @RequestParam(required = false)
                    @Nullable String since,
            Caller caller) {
        return book.read(Prices.EVERYBODY, list, since, caller);
    }

    @Operation(
            summary = "Remove a price of everybody's",
            description = "Needs the operator's token as bearer.",
            security = @SecurityRequirement(name = "admin"))
    @DeleteMapping("/v2/admin/prices/{id}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void remove(@Parameter(schema = @Schema(type = "string", format = "uuid")) @PathVariable String id, Caller caller) {
        book.remove(Prices.EVERYBODY, id, caller);
    }
}
