// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.export;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** What was said in a run, as the messages of a chat with tools, in OpenAI's form. */
final class Chat {

    private Chat() {}

    /** @param said entries of a timeline */
    static List<ObjectNode> messages(List<JsonNode> said) throws LeftOutException {
        check(said);
        var messages = new ArrayList<ObjectNode>();
        for (var entry : said) {
            switch (entry.path("kind").asString("")) {
                case "prompt" -> entry.path("messages").forEach(message -> messages.add(message(message)));
                case "agent" -> messages.add(turn(entry));
                default -> messages.add(result(entry));
            }
        }
        return messages;
    }

    /** That there is a turn, and all of each step. */
    static void check(List<JsonNode> said) throws LeftOutException {
        if (said.stream().noneMatch(Chat::isTurn)) {
            throw new LeftOutException("it has no turn of an agent");
        }
        if (said.stream().anyMatch(entry -> entry.has("omitted_bytes"))) {
            throw new LeftOutException("a step of it is larger than timelines show");
        }
    }

    static boolean isTurn(JsonNode entry) {
        return entry.path("kind").asString("").equals("agent");
    }

    static ObjectNode message(JsonNode message) {
        var content = message.path("content");
        var said = object().put("role", message.path("role").asString("user"));
        said.set("content", content(content.isArray() ? content.valueStream().toList() : List.of(content)));
        return said;
    }

    private static ObjectNode turn(JsonNode entry) {
        var said = object().put("role", "assistant").put("content", entry.path("text").asString(""));
        if (entry.path("reasoning").isString()) {
            said.set("reasoning_content", entry.path("reasoning"));
        }
        if (!entry.path("tool_calls").isEmpty()) {
            var calls = said.putArray("tool_calls");
            for (var call : entry.path("tool_calls")) {
                calls.addObject().put("id", call.path("id").asString("")).put("type", "function").putObject("function")
                        .put("name", call.path("name").asString("")).put("arguments", call.path("arguments").toString());
            }
        }
        return said;
    }

    private static ObjectNode result(JsonNode entry) {
        var said = object()
                .put("role", "tool")
                .put("tool_call_id", entry.path("call_id").asString(""))
                .put("name", entry.path("tool_name").asString(""));
        said.set("content", content(resultBlocks(entry)));
        return said;
    }

    /** What a tool has answered; what it failed of, where that is all. */
    static List<JsonNode> resultBlocks(JsonNode entry) {
        var text = entry.path("result_text").asString("");
        var blocks = new ArrayList<JsonNode>();
        if (!text.isEmpty() || entry.path("content").isEmpty()) {
            blocks.add(object().put("type", "text").put("text", text.isEmpty() ? entry.path("error").asString("") : text));
        }
        entry.path("content").forEach(block -> {
            if (isPicture(block)) { // of all others the text is said already
                blocks.add(block);
            }
        });
        return blocks;
    }

    /** Text as it is; with pictures: parts. */
    private static JsonNode content(List<JsonNode> blocks) {
        if (blocks.stream().noneMatch(Chat::isPicture)) {
            return JsonNodeFactory.instance.stringNode(text(blocks));
        }
        var parts = JsonNodeFactory.instance.arrayNode();
        for (var block : blocks) {
            if (isPicture(block)) {
                parts.addObject().put("type", "image_url").putObject("image_url").put("url", dataUrl(block));
            } else {
                parts.addObject().put("type", "text").put("text", text(List.of(block)));
            }
        }
        return parts;
    }

    static String text(List<JsonNode> blocks) {
        return blocks.stream()
                .map(block -> block.isString() ? block.stringValue() : block.path("text").asString(""))
                .filter(text -> !text.isEmpty())
                .collect(Collectors.joining("\n"));
    }

    static boolean isPicture(JsonNode block) {
        return block.path("type").asString("").equals("image") && block.path("data").isString();
    }

    static String dataUrl(JsonNode picture) {
        return "data:" + picture.path("mimeType").asString("image/png") + ";base64," + picture.path("data").stringValue();
    }

    private static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }
}
