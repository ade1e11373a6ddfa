// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.openai;

import dev.assay.sdk.protocol.Json;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The part of an agent's config that shapes its requests.
 *
 * @param body members that every request carries
 * @param hosted tools that run at the provider, declared as it wants them; only a program that makes its own config can name some
 */
record OpenAiConfig(String model, ObjectNode body, JsonNode hosted) {

    private static final String DEFAULT_MODEL = "gpt-5.6";

    /** The longest key by which the provider finds what it has read before. */
    private static final int LONGEST_CACHE_KEY = 64;

    private static final Set<String> TRUNCATIONS = Set.of("auto", "disabled");

    /** Told even where the config says nothing; the provider then has its own default. */
    private static final List<String> ALWAYS = List.of("max_output_tokens", "temperature", "parallel_tool_calls");

    private static final List<String> WHERE_SET = List.of("text", "tool_choice", "reasoning", "truncation");

    static OpenAiConfig of(JsonNode config) {
        var model = config.path("model").asString(config.path("checkpoint_name").asString(DEFAULT_MODEL));
        var body = Json.object().put("model", model);
        var systemPrompt = config.path("system_prompt");
        body.put("instructions", systemPrompt.isString() ? systemPrompt.stringValue() : null);
        ALWAYS.forEach(name -> body.set(name, config.has(name) ? config.get(name) : Json.tree(null)));
        WHERE_SET.stream().filter(config::hasNonNull).forEach(name -> body.set(name, config.get(name)));
        body.put("prompt_cache_key", cacheKey(config.path("prompt_cache_key")));
        if (config.path("citations_enabled").asBoolean(false)) {
            body.putArray("include").add("web_search_call.action.sources");
        }
        check(config);
        return new OpenAiConfig(model, body, config.path("hosted_tools"));
    }

    private static void check(JsonNode config) {
        var truncation = config.path("truncation");
        if (config.hasNonNull("truncation") && !TRUNCATIONS.contains(truncation.asString(""))) {
            throw new IllegalArgumentException("truncation must be auto or disabled, not " + truncation);
        }
    }

    private static String cacheKey(JsonNode given) {
        if (given.isMissingNode() || given.isNull()) {
            return UUID.randomUUID().toString().replace("-", "");
        }
        var length = given.isString() ? given.stringValue().codePointCount(0, given.stringValue().length()) : 0;
        if (length < 1 || length > LONGEST_CACHE_KEY) {
            throw new IllegalArgumentException("prompt_cache_key must be a text of 1 to " + LONGEST_CACHE_KEY + " characters");
        }
        return given.stringValue();
    }
}
