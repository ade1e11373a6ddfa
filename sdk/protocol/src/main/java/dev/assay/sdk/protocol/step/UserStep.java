// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.protocol.step;

import dev.assay.sdk.protocol.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Words for the agent: the opening prompt, or a nudge to go on. */
public record UserStep(List<Message> messages) implements Step {

    /** @param content one content block as MCP defines it, such as {@code {"type": "text", "text": "…"}} */
    public record Message(String role, JsonNode content) {}

    public static UserStep text(String text) {
        return new UserStep(List.of(new Message("user", Json.object().put("type", "text").put("text", text))));
    }

    @Override
    public String source() {
        return "user";
    }

    @Override
    public @Nullable String error() {
        return null;
    }
}
