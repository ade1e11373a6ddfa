// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.protocol.step;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.assay.sdk.protocol.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** What came of a tool call. Without a result the call itself broke, and the error says how. */
public record ToolStep(ToolCall call, @Nullable Result result, @Nullable String error) implements Step {

    /** @param content content blocks as MCP defines them */
    public record Result(
            List<JsonNode> content,
            @Nullable JsonNode structuredContent,
            @JsonProperty("isError") boolean isError,
            @JsonProperty("call_id") @Nullable String callId) {

        public static Result text(String text, boolean isError) {
            return new Result(List.of(Json.object().put("type", "text").put("text", text)), null, isError, null);
        }
    }

    @Override
    public String source() {
        return "tool";
    }
}
