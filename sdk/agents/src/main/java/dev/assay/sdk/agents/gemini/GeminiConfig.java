// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.gemini;

import dev.assay.sdk.protocol.Json;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The part of an agent's config that shapes its requests.
 *
 * @param generation how the model generates, as a request has it
 * @param hosted tools that run at the provider, declared as it wants them: Google's search, if there are to be citations
 * @param maxResultChars how much of a tool's text the model is shown; 0 or less: all
 */
record GeminiConfig(String model, @Nullable String systemPrompt, ObjectNode generation, ArrayNode hosted, int maxResultChars) {

    private static final String DEFAULT_MODEL = "gemini-3.1-pro-preview";
    private static final int DEFAULT_RESULT_CHARS = 64 * 1024;
    private static final Set<String> LEVELS = Set.of("minimal", "low", "medium", "high");

    /** By the config's name; where the config says nothing, the provider has its own default. */
    private static final Map<String, String> GENERATION = Map.of(
            "temperature", "temperature", "top_p", "topP", "top_k", "topK", "max_output_tokens", "maxOutputTokens");

    static GeminiConfig of(JsonNode config) {
        var generation = Json.object();
        GENERATION.forEach((name, told) -> {
            if (config.hasNonNull(name)) {
                generation.set(told, config.get(name));
            }
        });
        think(config, generation);
        var systemPrompt = config.path("system_prompt");
        return new GeminiConfig(
                config.path("model").asString(config.path("checkpoint_name").asString(DEFAULT_MODEL)),
                systemPrompt.isString() ? systemPrompt.stringValue() : null,
                generation,
                hosted(config),
                config.path("max_tool_result_chars").asInt(DEFAULT_RESULT_CHARS));
    }

    /** Only a program that makes its own config can name some. */
    private static ArrayNode hosted(JsonNode config) {
        var hosted = Json.array();
        config.path("hosted_tools").forEach(tool -> hosted.add(tool));
        if (config.path("citations_enabled").asBoolean(false) && hosted.valueStream().noneMatch(tool -> tool.has("googleSearch"))) {
            hosted.addObject().putObject("googleSearch");
        }
        return hosted;
    }

    private static void think(JsonNode config, ObjectNode generation) {
        var thoughts = config.path("include_thoughts").asBoolean(true);
        if (!thoughts && !config.hasNonNull("thinking_level")) {
            return;
        }
        var thinking = generation.putObject("thinkingConfig").put("include_thoughts", thoughts);
        if (config.hasNonNull("thinking_level")) {
            var level = config.path("thinking_level").asString("");
            if (!LEVELS.contains(level)) {
                throw new IllegalArgumentException("thinking_level must be one of minimal, low, medium and high, not "
                        + config.path("thinking_level"));
            }
            thinking.put("thinking_level", level.toUpperCase(Locale.ROOT));
        }
    }
}
