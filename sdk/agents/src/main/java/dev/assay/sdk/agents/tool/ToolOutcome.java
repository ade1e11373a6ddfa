// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.tool;

import dev.assay.sdk.protocol.Json;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What came of a call.
 *
 * @param content content blocks: text, images
 * @param structured a value beside the blocks, null for most tools
 */
public record ToolOutcome(List<JsonNode> content, @Nullable JsonNode structured, boolean failed) {

    public static ToolOutcome text(String text) {
        return new ToolOutcome(List.of(block(text)), null, false);
    }

    public static ToolOutcome failure(String text) {
        return new ToolOutcome(List.of(block(text)), null, true);
    }

    public static ToolOutcome image(String mimeType, String base64) {
        return new ToolOutcome(List.of(Json.object().put("type", "image").put("data", base64).put("mimeType", mimeType)), null, false);
    }

    /** All text of the blocks. */
    public String text() {
        return content.stream()
                .filter(block -> block.path("type").asString("").equals("text"))
                .map(block -> block.path("text").asString(""))
                .collect(Collectors.joining());
    }

    public boolean holdsImage() {
        return content.stream().anyMatch(block -> block.path("type").asString("").equals("image"));
    }

    private static JsonNode block(String text) {
        return Json.object().put("type", "text").put("text", text);
    }
}
