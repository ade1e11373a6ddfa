// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.mcp;

import dev.assay.sdk.agents.PromptTurn;
import dev.assay.sdk.agents.tool.ToolOutcome;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** What a tool's server says came of a call. There are servers that spell its members the Python way. */
final class McpResult {

    private McpResult() {}

    static ToolOutcome of(JsonNode result, String tool) throws McpException {
        var content = result.path("content");
        if (!content.isMissingNode() && !content.isNull() && !content.isArray()) {
            throw new McpException("the result of '" + tool + "' holds no content blocks");
        }
        for (var block : content) {
            if (!PromptTurn.isBlock(block)) {
                throw new McpException("the result of '" + tool + "' holds a content block that is none");
            }
        }
        var failed = either(result, "isError", "is_error");
        return new ToolOutcome(
                content.valueStream().toList(),
                either(result, "structuredContent", "structured_content"),
                failed != null && failed.isBoolean() && failed.booleanValue(),
                either(result, "_meta", "meta"));
    }

    private static @Nullable JsonNode either(JsonNode result, String name, String otherName) {
        var value = result.has(name) ? result.get(name) : result.get(otherName);
        return value == null || value.isNull() ? null : value;
    }
}
