// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents;

import dev.assay.sdk.protocol.Json;
import dev.assay.sdk.protocol.PythonText;
import dev.assay.sdk.protocol.step.UserStep;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/**
 * One turn of the conversation that a task begins with.
 *
 * @param role {@code user} or {@code assistant}
 * @param content one content block
 */
public record PromptTurn(String role, JsonNode content) {

    private static final String USER = "user";
    private static final String ASSISTANT = "assistant";

    /** The turn's text; a block that is no text has none. */
    public String text() {
        return content.path("type").asString("").equals("text") ? content.path("text").asString("") : "";
    }

    /**
     * Reads the prompt of a started task: a text, turns, or nothing (the model then sees one empty user turn).
     *
     * @throws IllegalArgumentException if a turn's content is no text, block or list of blocks
     */
    public static List<PromptTurn> of(@Nullable JsonNode prompt) {
        return switch (prompt) {
            case ArrayNode turns -> {
                var read = new ArrayList<PromptTurn>();
                turns.forEach(turn -> read.addAll(turn(turn)));
                yield List.copyOf(read);
            }
            case JsonNode other when other.isObject() ->
                other.propertyStream().map(member -> user(member.getKey())).toList();
            case JsonNode other when !other.isNull() && !other.isMissingNode() -> List.of(user(PythonText.str(other)));
            case null, default -> List.of(user(""));
        };
    }

    /** What a timeline tells of the turns that a task begins with. */
    public static UserStep step(List<PromptTurn> turns) {
        return new UserStep(turns.stream().map(turn -> new UserStep.Message(turn.role(), turn.content())).toList());
    }

    private static List<PromptTurn> turn(JsonNode turn) {
        if (!turn.isObject()) {
            return List.of(user(PythonText.str(turn)));
        }
        var role = ASSISTANT.equals(turn.path("role").asString("")) ? ASSISTANT : USER;
        var content = turn.path("content");
        if (content.isString()) {
            return List.of(new PromptTurn(role, textBlock(content.stringValue())));
        }
        if (content.isArray()) {
            return content.valueStream().map(block -> new PromptTurn(role, block(block))).toList();
        }
        return List.of(new PromptTurn(role, block(content)));
    }

    private static JsonNode block(JsonNode block) {
        if (!isBlock(block)) {
            throw new IllegalArgumentException("a prompt turn's content must be text or content blocks, not " + PythonText.repr(block));
        }
        return block;
    }

    /** Whether that is content as MCP defines it: text, image, audio, a resource or a link to one. */
    public static boolean isBlock(JsonNode block) {
        return switch (block.path("type").asString("")) {
            case "text" -> hold(block, "text");
            case "image", "audio" -> hold(block, "data", "mimeType");
            case "resource_link" -> hold(block, "name", "uri");
            case "resource" -> hold(block.path("resource"), "uri", "text") || hold(block.path("resource"), "uri", "blob");
            default -> false;
        };
    }

    private static boolean hold(JsonNode object, String... texts) {
        return Stream.of(texts).allMatch(name -> object.path(name).isString());
    }

    private static PromptTurn user(String text) {
        return new PromptTurn(USER, textBlock(text));
    }

    private static JsonNode textBlock(String text) {
        return Json.object().put("type", "text").put("text", text);
    }
}
