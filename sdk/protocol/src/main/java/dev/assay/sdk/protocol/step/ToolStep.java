// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.protocol.step;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.assay.sdk.protocol.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What came of a tool call. Without a result the call itself broke, and the error says how.
 *
 * @param extra what only this agent tells, under a name of its own
 */
public record ToolStep(ToolCall call, @Nullable Result result, @Nullable String error, @Nullable ObjectNode extra) implements Step {

    public ToolStep(ToolCall call, @Nullable Result result, @Nullable String error) {
        this(call, result, error, null);
    }

    /**
     * @param content content blocks as MCP defines them
     * @param meta what the tool's server says beside its result; {@code meta} on the wire
     */
    public record Result(
            List<JsonNode> content,
            @Nullable JsonNode structuredContent,
            @JsonProperty("isError") boolean isError,
            @JsonProperty("call_id") @Nullable String callId,
            @Nullable JsonNode meta) {

        public static Result text(String text, boolean isError) {
            return new Result(List.of(Json.object().put("type", "text").put("text", text)), null, isError, null, null);
        }
    }

    @Override
    public String source() {
        return "tool";
    }
}
