// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.translate;

import dev.assay.gateway.dialect.ModelJson;
import dev.assay.gateway.translate.Conversation.Turn;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Writes the messages of Chat Completions. */
final class ChatMessages {

    private ChatMessages() {}

    static void turn(ArrayNode messages, Turn turn, Losses losses) {
        switch (turn.speaker()) {
            case SYSTEM -> {
                if (!turn.blocks().isEmpty()) {
                    messages.addObject().put("role", "system").set("content", content(turn.blocks(), losses));
                }
            }
            case USER -> user(messages, turn.blocks(), losses);
            case ASSISTANT -> assistant(messages, turn.blocks(), losses);
        }
    }

    /** Results come first, each in a message of its own; what such a message cannot hold follows behind them all. */
    private static void user(ArrayNode messages, List<Block> blocks, Losses losses) {
        var others = new ArrayList<Block>();
        for (var block : blocks) {
            if (block instanceof Block.ToolResult result) {
                messages.addObject()
                        .put("role", "tool")
                        .put("tool_call_id", Ids.plain(result.id()))
                        .put("content", said(result));
                result.blocks().stream().filter(inside -> !(inside instanceof Block.Text)).forEach(others::add);
            }
        }
        blocks.stream().filter(block -> !(block instanceof Block.ToolResult)).forEach(others::add);
        if (!others.isEmpty()) {
            messages.addObject().put("role", "user").set("content", content(others, losses));
        }
    }

    private static String said(Block.ToolResult result) {
        var text = MessagesTurns.text(result.blocks());
        return result.failed() && !text.startsWith("Error") ? "Error: " + text : text;
    }

    private static void assistant(ArrayNode messages, List<Block> blocks, Losses losses) {
        var texts = new ArrayList<Block>();
        var calls = object().arrayNode();
        for (var block : blocks) {
            switch (block) {
                case Block.ToolCall call -> {
                    var written = calls.addObject().put("id", Ids.plain(call.id())).put("type", "function");
                    written.putObject("function")
                            .put("name", Emulated.name(call.namespace(), call.name()))
                            .put("arguments", Emulated.json(call.arguments()));
                }
                case Block.Thinking unused -> losses.drop(Part.THINKING);
                case Block.Refusal(var text) -> texts.add(new Block.Text(text));
                default -> texts.add(block);
            }
        }
        if (texts.isEmpty() && calls.isEmpty()) {
            return;
        }
        var message = messages.addObject().put("role", "assistant");
        message.set("content", texts.isEmpty() ? ModelJson.MAPPER.nullNode() : content(texts, losses));
        if (!calls.isEmpty()) {
            message.set("tool_calls", calls);
        }
    }

    /** A single text as it is: not every server takes parts. */
    private static JsonNode content(List<Block> blocks, Losses losses) {
        if (blocks.size() == 1 && blocks.getFirst() instanceof Block.Text(var text)) {
            return object().stringNode(text);
        }
        var content = object().arrayNode();
        for (var block : blocks) {
            switch (block) {
                case Block.Text(var text) -> content.addObject().put("type", "text").put("text", text);
                case Block.Image(var source, var detail) -> {
                    var image = content.addObject().put("type", "image_url").putObject("image_url").put("url", Sources.url(source));
                    if (detail != null) {
                        image.put("detail", detail);
                    }
                }
                case Block.Document(var source, var title) -> {
                    if (source instanceof Block.Source.Link) {
                        losses.refuse(Part.DOCUMENT_LINK);
                    }
                    content.addObject()
                            .put("type", "file")
                            .putObject("file")
                            .put("filename", title == null ? "document.pdf" : title)
                            .put("file_data", Sources.url(source));
                }
                case Block.Refusal(var text) -> content.addObject().put("type", "text").put("text", text);
                case Block.ToolCall unused -> {}
                case Block.ToolResult unused -> {}
                case Block.Thinking unused -> losses.drop(Part.THINKING);
            }
        }
        return content;
    }

    private static ObjectNode object() {
        return ModelJson.MAPPER.createObjectNode();
    }
}
