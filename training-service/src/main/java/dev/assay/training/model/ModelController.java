// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.model;

import dev.assay.contracts.ModelId;
import dev.assay.kit.identity.Admits;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import dev.assay.kit.openapi.Refuses;
import dev.assay.kit.problem.Problem;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;
import tools.jackson.databind.json.JsonMapper;

/** The model catalog as people and clients see it. */
@RestController
@Admits(Role.VIEWER)
@RequestMapping("/v2/models")
@Tag(name = "models", description = "The model catalog")
class ModelController {

    private final ModelStore store;
    private final Catalog catalog;
    private final JsonMapper json;

    ModelController(ModelStore store, Catalog catalog, JsonMapper json) {
        this.store = store;
        this.catalog = catalog;
        this.json = json;
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

    /** @param sourceModelId in any form that ids have */
    @Schema(
            name = "NewFork", requiredProperties = {"source_model_id", "name"},
            example = "{\"source_model_id\": \"da3eee6c-0fcd-3e63-a7e1-f875a56ed629\", \"name\": \"arith-rl\"}")
    @JsonNaming(SnakeCaseStrategy.class)
    record NewFork(
            @Schema(format = "uuid") @Nullable String sourceModelId,
            @Schema(minLength = 1, maxLength = 200, pattern = "^[^\\u0000]*[^\\s\\u0000][^\\u0000]*$", description = "Of the fork, for people")
                    @Nullable String name) {}

    /**
     * Written by hand, so that it is known when it has been: a client asks again that had no answer, and means the same fork; one that had
     * means another.
     */
    @Admits(Role.MEMBER)
    @PostMapping("/fork")
    @Refuses(status = 404, when = "There is no such model.")
    @Refuses(status = 409, when = "The team has a model of that name already.")
    @ApiResponse(responseCode = "201", content = @Content(mediaType = "application/json", schema = @Schema(implementation = ModelView.class)))
    @Operation(summary = "Fork a model", description = "Begins with the checkpoint that the model serves at this moment, and with no checkpoints of its"
            + " own. The slug is the name where that is free, made printable; a model whose weights no trainer has cannot be forked.")
    void fork(Caller caller, @RequestBody NewFork request, HttpServletResponse response) throws IOException {
        var source = ModelRules.id("source_model_id", request.sourceModelId());
        var fork = catalog.fork(caller.team(), caller.user(), source, ModelRules.required("name", request.name()));
        response.setStatus(HttpStatus.CREATED.value());
        response.setContentType(MediaType.APPLICATION_JSON_VALUE);
        response.getOutputStream().write(json.writeValueAsBytes(ModelView.of(fork)));
        response.flushBuffer();
        store.told(fork.id());
    }
}
