// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.claude;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The part of an agent's config that shapes its requests.
 *
 * @param thinking sent as it is; null: none
 * @param images how many images of tool results the model keeps seeing; null: all
 */
record ClaudeConfig(
        String model, int maxTokens, @Nullable String systemPrompt, @Nullable JsonNode thinking, @Nullable Integer images, boolean citations) {

    private static final String DEFAULT_MODEL = "claude-sonnet-4-6";
    private static final int DEFAULT_MAX_TOKENS = 16384;

    /** @throws IllegalArgumentException naming the member that makes no sense */
    static ClaudeConfig of(JsonNode config) {
        var thinking = config.path("thinking").isObject() ? config.path("thinking") : null;
        var maxTokens = config.path("max_tokens").asInt(DEFAULT_MAX_TOKENS);
        var images = config.path("max_tool_result_images").isNumber() ? config.path("max_tool_result_images").asInt() : null;
        var kind = thinking == null ? "" : thinking.path("type").asString("");
        if (kind.equals("enabled") && thinking.path("budget_tokens").asInt(0) >= maxTokens) {
            throw new IllegalArgumentException("thinking.budget_tokens must be less than max_tokens");
        }
        if (images != null && (images < 1 || !kind.equals("enabled") && !kind.equals("adaptive"))) {
            throw new IllegalArgumentException("max_tool_result_images must be positive, and needs adaptive or enabled thinking");
        }
        return new ClaudeConfig(
                config.path("model").asString(config.path("checkpoint_name").asString(DEFAULT_MODEL)),
                maxTokens,
                config.path("system_prompt").asStringOpt().orElse(null),
                thinking,
                images,
                config.path("citations_enabled").asBoolean(false));
    }
}
