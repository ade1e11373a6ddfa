// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.model;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.assay.contracts.ModelId;
import dev.assay.kit.identity.Admits;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import dev.assay.kit.openapi.Refuses;
import dev.assay.kit.problem.Problem;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

/** The model catalog as people and clients see it. */
@RestController
@Admits(Role.VIEWER)
@RequestMapping("/v2/models")
@Tag(name = "models", description = "The model catalog")
class ModelController {

    private final ModelStore store;
    private final Catalog catalog;

    ModelController(ModelStore store, Catalog catalog) {
        this.store = store;
        this.catalog = catalog;
    }

    /** @param total of all models that the team sees, whatever the page */
    record Page(List<ModelView> items, long total) {}

    @Admits({Role.VIEWER, Role.SERVICE})
    @GetMapping
    @Operation(summary = "List models", description = "The team's own first. Without limit: all of them.")
    Page list(Caller caller, @RequestParam(required = false) @Nullable Integer limit, @RequestParam(defaultValue = "0") int offset) {
        if (limit != null && limit < 1) {
            throw Problem.badRequest("limit", "must be 1 or more");
        }
        if (offset < 0) {
            throw Problem.badRequest("offset", "must be 0 or more");
        }
        var page = store.page(caller.team(), limit == null ? Integer.MAX_VALUE : limit, offset);
        return new Page(page.stream().map(ModelView::of).toList(), store.count(caller.team()));
    }

    @Admits(Role.ADMINISTRATOR) // what is called through it is paid from the operator's account
    @PostMapping
    @ResponseStatus(HttpStatus.CREATED)
    @Refuses(status = 409, when = "The slug or the name is taken.")
    @Operation(summary = "Add a model", description = "For a model that a configured provider serves. 409 if its slug or name is taken. "
            + "Takes an administrator.")
    ModelView create(Caller caller, @RequestBody NewModel request) {
        return ModelView.of(catalog.enter(caller.team(), request));
    }

    @GetMapping("/{id}")
    @Operation(summary = "Get a model")
    ModelView get(Caller caller, @PathVariable ModelId id) {
        return ModelView.of(catalog.get(caller.team(), id));
    }

    @GetMapping("/resolve")
    @Refuses(status = 404, when = "The catalog has no such model.")
    @Operation(summary = "Find a model by id, slug, display name or the slug's last part")
    ModelView resolve(
            Caller caller,
            @Parameter(schema = @Schema(type = "string", example = "scripted/letter-count")) @RequestParam String model) {
        return ModelView.of(catalog.find(caller.team(), model)
                .orElseThrow(() -> Problem.notFound("The catalog has no model '" + model + "'.")));
    }

    @GetMapping("/{id}/checkpoints")
    @Operation(summary = "List a model's checkpoints", description = "None yet: models cannot be trained so far.")
    List<JsonNode> checkpoints(Caller caller, @PathVariable ModelId id) {
        catalog.get(caller.team(), id);
        return List.of();
    }

    /** @param sourceModelId in any form that ids have */
    @Schema(example = "{\"source_model_id\": \"11111111-1111-4111-8111-111111111111\"}")
    record Fork(
            @Schema(requiredMode = Schema.RequiredMode.REQUIRED, format = "uuid") @JsonProperty("source_model_id") @Nullable String sourceModelId) {}

    @Admits(Role.MEMBER)
    @PostMapping("/fork")
    @Refuses(status = 404, when = "There is no such model.")
    @ApiResponse(responseCode = "400", description = "Always, so far.")
    @Operation(summary = "Fork a model", description = "Refused with 400: models cannot be trained so far.")
    void fork(Caller caller, @RequestBody Fork request) {
        var source = ModelRules.required("source_model_id", request.sourceModelId());
        try {
            catalog.get(caller.team(), ModelId.parse(source));
        } catch (IllegalArgumentException e) {
            throw Problem.badRequest("source_model_id", String.valueOf(e.getMessage()));
        }
        throw Problem.badRequest("source_model_id", "this model cannot be forked, because training is not available on this platform yet");
    }

    @Admits(Role.MEMBER)
    @PutMapping("/{id}/head")
    @ApiResponse(responseCode = "404", description = "Always, so far.")
    @Operation(summary = "Choose the checkpoint that a model serves", description = "Answers 404: models have no checkpoints so far.")
    void head(Caller caller, @PathVariable ModelId id) {
        catalog.get(caller.team(), id);
        throw Problem.notFound("This model has no checkpoints, because training is not available on this platform yet.");
    }
}
