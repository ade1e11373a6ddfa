// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.model;

import dev.assay.gateway.dialect.ModelApi;
import dev.assay.gateway.dialect.ModelError;
import dev.assay.gateway.dialect.ModelErrorException;
import dev.assay.gateway.dialect.Route;
import dev.assay.kit.identity.Admits;
import dev.assay.kit.identity.AdmitsAnybody;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import io.swagger.v3.oas.annotations.Hidden;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.security.SecurityRequirements;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

@RestController
@ModelApi
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

    /** As Anthropic says it. */
    record AnthropicModel(String type, String id, String display_name, String created_at) {}

    record AnthropicList(List<AnthropicModel> data, boolean has_more, @Nullable String first_id, @Nullable String last_id) {}

    /** As Google says it. */
    record GoogleModel(String name, String displayName, List<String> supportedGenerationMethods) {}

    record GoogleList(List<GoogleModel> models) {}

    @Operation(summary = "Models to call", description = "The catalog in the form of OpenAI's model list.")
    @GetMapping({"/inference/models", "/inference/v1/models"})
    ModelList list(Caller caller) {
        return new ModelList("list", models.all(caller.team()).stream().map(ModelsController::model).toList());
    }

    @Operation(summary = "One model", description = "By its slug, which may hold slashes.")
    @GetMapping({"/inference/models/{*id}", "/inference/v1/models/{*id}"})
    Model one(@Parameter(schema = @Schema(type = "string", pattern = "^[^\\u0000-\\u001f\\u007f]+$")) @PathVariable String id, Caller caller) {
        return named(id, caller, ModelsController::model);
    }

    private <M> M named(String id, Caller caller, Function<JsonNode, M> form) {
        var slug = id.startsWith("/") ? id.substring(1) : id;
        return models.all(caller.team()).stream()
                .filter(item -> item.path("model_name").asString("").equalsIgnoreCase(slug))
                .findFirst()
                .map(form)
                .orElseThrow(() -> new ModelErrorException(ModelError.of(404, "Model '" + slug + "' not found.")));
    }

    /** Anthropic's clients say which version of its API they speak. */
    @Hidden
    @GetMapping(path = "/inference/v1/models", headers = "anthropic-version")
    AnthropicList listForAnthropic(Caller caller) {
        var all = models.all(caller.team()).stream().map(ModelsController::anthropic).toList();
        return new AnthropicList(
                all, false, all.isEmpty() ? null : all.getFirst().id(), all.isEmpty() ? null : all.getLast().id());
    }

    @Hidden
    @GetMapping(path = "/inference/v1/models/{*id}", headers = "anthropic-version")
    AnthropicModel oneForAnthropic(@PathVariable String id, Caller caller) {
        return named(id, caller, ModelsController::anthropic);
    }

    @Operation(summary = "Models to call (Google)", description = "The catalog in the form of Google's model list, in one page.")
    @GetMapping("/inference/v1beta/models")
    GoogleList listForGoogle(Caller caller) {
        return new GoogleList(models.all(caller.team()).stream().map(ModelsController::google).toList());
    }

    @Operation(summary = "One model (Google)", description = "By its slug, which may hold slashes.")
    @GetMapping("/inference/v1beta/models/{*id}")
    GoogleModel oneForGoogle(
            @Parameter(schema = @Schema(type = "string", pattern = "^[^\\u0000-\\u001f\\u007f]+$")) @PathVariable String id,
            Caller caller,
            HttpServletRequest request,
            HttpServletResponse response) {
        if (Route.of("POST", request.getRequestURI()).isPresent()) {
            response.setHeader("Allow", "POST");
            throw new ModelErrorException(ModelError.of(405, "A model is called with POST."));
        }
        return named(id, caller, ModelsController::google);
    }

    @Operation(summary = "Is the gateway there?", description = "Clients ask before their first call. Needs no key; HEAD works too.")
    @SecurityRequirements
    @AdmitsAnybody
    @GetMapping({"/inference", "/inference/"})
    There there() {
        return new There("assay inference gateway");
    }


    private static Model model(JsonNode item) {
        var owner = item.path("provider").path("name").asString("assay");
        return new Model(item.path("model_name").asString(), "model", seconds(item.path("created_at").asString("")), owner);
    }

    private static AnthropicModel anthropic(JsonNode item) {
        var slug = item.path("model_name").asString();
        return new AnthropicModel(
                "model", slug, item.path("name").asString(slug), Instant.ofEpochSecond(seconds(item.path("created_at").asString(""))).toString());
    }

    private static GoogleModel google(JsonNode item) {
        var slug = item.path("model_name").asString();
        return new GoogleModel("models/" + slug, item.path("name").asString(slug), List.of("generateContent", "countTokens"));
    }

    private static long seconds(String time) {
        try {
            return time.isEmpty() ? 0 : OffsetDateTime.parse(time).toEpochSecond();
        } catch (DateTimeParseException e) {
            return Instant.EPOCH.getEpochSecond();
        }
    }
}
