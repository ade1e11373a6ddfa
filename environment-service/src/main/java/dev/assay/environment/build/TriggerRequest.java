// SPDX-License-Identifier: Apache-2.0

package dev.assay.environment.build;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.assay.contracts.BuildId;
import dev.assay.contracts.EnvironmentId;
import dev.assay.environment.listing.Names;
import dev.assay.environment.project.ProjectId;
import dev.assay.kit.problem.Problem;
import dev.assay.kit.text.JsonText;
import dev.assay.sdk.protocol.RuntimeConfigShape;
import dev.assay.sdk.protocol.compose.ComposeProject;
import io.swagger.v3.oas.annotations.media.Schema;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a deployer asks for.
 *
 * @param name the environment's name as declared in code
 * @param environmentVariables added to those that the environment has; the same key replaces
 * @param buildSecrets kept sealed until the build ends
 */
@Schema(example = "{\"build_id\": \"5b0f3f0e-8f8d-4a57-9d0c-3a2f6f4f1c11\", \"name\": \"letter-count\"}")
record TriggerRequest(
        @Nullable String source,
        @Schema(requiredMode = Schema.RequiredMode.REQUIRED, description = "As asking for the upload address answered it.") @JsonProperty("build_id") @Nullable BuildId buildId,
        @Schema(requiredMode = Schema.RequiredMode.REQUIRED, minLength = 1, maxLength = 300, pattern = Names.PATTERN) @Nullable String name,
        @JsonProperty("no_cache") @Nullable Boolean noCache,
        @JsonProperty("registry_id") @Nullable EnvironmentId registryId,
        @JsonProperty("project_id") @Nullable ProjectId projectId,
        @Schema(allowableValues = {"hud", "modal"}) @JsonProperty("runtime_provider") @Nullable String runtimeProvider,
        @Schema(
                        description =
                                """
                                What its runs get unless they say otherwise. `{"runtime": "docker"}` has an image built of a context that has a recipe, also \
                                where a process would do; `{"runtime": "process"}` has none built.""")
                @JsonProperty("runtime_config")
                @Nullable
                JsonNode runtimeConfig,
        @JsonProperty("environment_variables") @Nullable Map<String, String> environmentVariables,
        @JsonProperty("build_args") @Nullable Map<String, String> buildArgs,
        @JsonProperty("build_secrets") @Nullable Map<String, String> buildSecrets) {

    private static final Set<String> PROVIDERS = Set.of("hud", "modal");
    private static final Pattern SECRET = Pattern.compile("[A-Za-z0-9_.-]{1,200}");
    private static final Pattern VARIABLE = Pattern.compile("[^=\\s\\p{Cntrl}]+");

    /** A builder is given each as a variable of its process, and no kernel takes much larger ones. */
    private static final int LARGEST_SECRET = 100_000;

    /** Fills in what may be left out and refuses what cannot be. */
    Order order() {
        if (buildId == null) {
            throw Problem.badRequest("build_id", "required");
        }
        var declared = Names.require("name", name);
        if (runtimeProvider != null && !PROVIDERS.contains(runtimeProvider)) {
            throw Problem.badRequest("runtime_provider", "must be one of hud, modal");
        }
        var config = runtimeConfig == null || runtimeConfig.isNull() ? null : runtimeConfig;
        if (config != null) {
            var faults = RuntimeConfigShape.faultsOfRun(config);
            if (!faults.isEmpty()) {
                throw Problem.badRequest(String.join("\n", faults));
            }
            if (config.hasNonNull("compose")) {
                try {
                    ComposeProject.read(config.get("compose"));
                } catch (IllegalArgumentException e) {
                    throw Problem.badRequest(String.valueOf(e.getMessage()));
                }
            }
        }
        return new Order(
                buildId,
                declared,
                Boolean.TRUE.equals(noCache),
                registryId,
                projectId,
                runtimeProvider,
                config == null ? null : JsonText.of(JsonMapper.shared(), config),
                variables("environment_variables", environmentVariables),
                variables("build_args", buildArgs),
                secrets(buildSecrets));
    }

    /** Their ids become options of a command, so they are plain. */
    private static Map<String, String> secrets(@Nullable Map<String, String> secrets) {
        if (secrets == null) {
            return Map.of();
        }
        secrets.forEach((id, value) -> {
            if (!SECRET.matcher(id).matches()) {
                throw Problem.badRequest("build_secrets", "'" + id + "' cannot be the id of a secret: letters, digits, '_', '.' and '-' can");
            }
            if (value == null || value.indexOf(0) >= 0) {
                throw Problem.badRequest("build_secrets." + id, value == null ? "must be a text, not null" : "holds a character that none can");
            }
            if (value.getBytes(StandardCharsets.UTF_8).length > LARGEST_SECRET) {
                throw Problem.badRequest("build_secrets." + id, "has more than " + LARGEST_SECRET + " bytes");
            }
        });
        return secrets;
    }

    private static Map<String, String> variables(String field, @Nullable Map<String, String> variables) {
        if (variables == null) {
            return Map.of();
        }
        variables.forEach((name, value) -> {
            if (!VARIABLE.matcher(name).matches()) {
                throw Problem.badRequest(field, "'" + name + "' cannot be the name of a variable");
            }
            if (value == null || !Names.isStorable(value)) {
                throw Problem.badRequest(field + "." + name, value == null ? "must be a text, not null" : "holds characters that no variable can");
            }
        });
        return variables;
    }

    /** The same, checked and complete. */
    record Order(
            BuildId build,
            String declaredName,
            boolean noCache,
            @Nullable EnvironmentId environment,
            @Nullable ProjectId project,
            @Nullable String runtimeProvider,
            @Nullable String runtimeConfig,
            Map<String, String> variables,
            Map<String, String> buildArgs,
            Map<String, String> buildSecrets) {

        @Override
        public String toString() {
            return "Order[" + build + ", " + declaredName + "]";
        }
    }

    /** Without the values: a request that is logged must give nothing away. */
    @Override
    public String toString() {
        return "TriggerRequest[" + buildId + ", " + name + "]";
    }
}
