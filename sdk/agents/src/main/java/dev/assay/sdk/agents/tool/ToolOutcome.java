// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.tool;

import dev.assay.sdk.protocol.Json;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What came of a call.
 *
 * @param content content blocks as MCP defines them: text, images, audio, resources
 * @param structured a value beside the blocks, null for most tools
 * @param meta what a tool's server says beside its result, null for most
 */
public record ToolOutcome(List<JsonNode> content, @Nullable JsonNode structured, boolean failed, @Nullable JsonNode meta) {

    public ToolOutcome(List<JsonNode> content, @Nullable JsonNode structured, boolean failed) {
        this(content, structured, failed, null);
    }

    public static ToolOutcome text(String text) {
        return new ToolOutcome(List.of(block(text)), null, false);
    }

    public static ToolOutcome failure(String text) {
        return new ToolOutcome(List.of(block(text)), null, true);
    }

    public static ToolOutcome image(String mimeType, String base64) {
        return new ToolOutcome(List.of(Json.object().put("type", "image").put("data", base64).put("mimeType", mimeType)), null, false);
    }

    /** The first text of the blocks. */
    public Optional<String> firstText() {
        return content.stream()
                .filter(block -> block.path("type").asString("").equals("text"))
                .map(block -> block.path("text").asString(""))
                .findFirst();
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

    /** How much it says: the characters of all its texts, images and values. */
    public long size() {
        var beside = Stream.of(structured, meta).filter(Objects::nonNull);
        return Stream.concat(content.stream(), beside).mapToLong(ToolOutcome::size).sum();
    }

    private static long size(JsonNode node) {
        return node.isString() ? node.stringValue().length() : 1 + node.valueStream().mapToLong(ToolOutcome::size).sum();
    }

    private static JsonNode block(String text) {
        return Json.object().put("type", "text").put("text", text);
    }
}
