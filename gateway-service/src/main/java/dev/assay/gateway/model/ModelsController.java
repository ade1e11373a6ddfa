// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.model;

import dev.assay.gateway.dialect.ModelError;
import dev.assay.gateway.dialect.ModelErrorException;
import dev.assay.kit.identity.Admits;
import dev.assay.kit.identity.AdmitsAnybody;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.security.SecurityRequirements;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.List;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

@RestController
@Admits({Role.VIEWER, Role.RUN})
@Tag(name = "Inference")
class ModelsController {

    private final ModelDirectory models;

    ModelsController(ModelDirectory models) {
        this.models = models;
    }

    record Model(String id, String object, long created, String owned_by) {}

    record There(String service) {}

    record ModelList(String object, List<Model> data) {}

    @Operation(summary = "Models to call", description = "The catalog in the form of OpenAI's model list.")
    @GetMapping({"/inference/models", "/inference/v1/models"})
    ModelList list(Caller caller) {
        return new ModelList("list", models.all(caller.team()).stream().map(ModelsController::model).toList());
    }

    @Operation(summary = "One model", description = "By its slug, which may hold slashes.")
    @GetMapping({"/inference/models/{*id}", "/inference/v1/models/{*id}"})
    Model one(@Parameter(schema = @Schema(type = "string", pattern = "^[^\\u0000-\\u001f\\u007f]+$")) @PathVariable String id, Caller caller) {
        var slug = id.startsWith("/") ? id.substring(1) : id;
        return models.all(caller.team()).stream()
                .map(ModelsController::model)
                .filter(model -> model.id().equalsIgnoreCase(slug))
                .findFirst()
                .orElseThrow(() -> new ModelErrorException(ModelError.of(404, "Model '" + slug + "' not found.")));
    }

    @Operation(summary = "Is the gateway there?", description = "Clients ask before their first call. Needs no key; HEAD works too.")
    @SecurityRequirements
    @AdmitsAnybody
    @GetMapping({"/inference", "/inference/"})
    There there() {
        return new There("assay inference gateway");
    }

    @ExceptionHandler
    void refused(ModelErrorException e, HttpServletRequest request, HttpServletResponse response) throws IOException {
        e.error().write(request, response);
    }

    private static Model model(JsonNode item) {
        var owner = item.path("provider").path("name").asString("assay");
        return new Model(item.path("model_name").asString(), "model", seconds(item.path("created_at").asString("")), owner);
    }

    private static long seconds(String time) {
        try {
            return time.isEmpty() ? 0 : OffsetDateTime.parse(time).toEpochSecond();
        } catch (DateTimeParseException e) {
            return Instant.EPOCH.getEpochSecond();
        }
    }
}
