// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.translate;

import dev.assay.gateway.dialect.ModelJson;
import dev.assay.gateway.translate.Block.Arguments;
import dev.assay.gateway.translate.Conversation.Speaker;
import dev.assay.gateway.translate.Conversation.Turn;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads the messages of Chat Completions. */
final class ChatTurns {

    private ChatTurns() {}

    static List<Turn> read(Members call, Losses losses) {
        var turns = new Turns(false);
        for (var message : call.objects("messages")) {
            switch (message.needed("role")) {
                case "system", "developer" -> turns.add(Speaker.SYSTEM, content(message, losses));
                case "user" -> turns.add(Speaker.USER, content(message, losses));
                case "tool" -> turns.add(
                        Speaker.USER,
                        List.of(new Block.ToolResult(message.needed("tool_call_id"), content(message, losses), false)));
                case "assistant" -> turns.add(Speaker.ASSISTANT, assistant(message, losses));
                default -> losses.refuse(message.at("role"), message.text("role") + " " + Losses.NOT_HERE);
            }
            message.dropRest();
        }
        return turns.all();
    }

    private static List<Block> assistant(Members message, Losses losses) {
        var blocks = new ArrayList<Block>();
        for (var detail : message.objects("reasoning_details")) {
            switch (detail.text("type", "")) {
                case "thinking" -> blocks.add(new Block.Thinking(detail.text("thinking", ""), detail.text("signature"), false));
                case "redacted_thinking" -> blocks.add(new Block.Thinking("", detail.text("data"), true));
                default -> losses.drop(message.at("reasoning_details"));
            }
        }
        message.ignore("annotations", "index");
        if (blocks.isEmpty()) {
            message.drop("reasoning_content", "reasoning");
        } else {
            message.ignore("reasoning_content", "reasoning");
        }
        blocks.addAll(content(message, losses));
        var refusal = message.text("refusal");
        if (refusal != null) {
            blocks.add(new Block.Refusal(refusal));
        }
        for (var call : message.objects("tool_calls")) {
            blocks.add(call(call));
        }
        message.refuse("audio", "function_call");
        return blocks;
    }

    private static Block call(Members call) {
        call.ignore("type", "index");
        if (call.has("custom")) {
            var custom = call.need("custom");
            return new Block.ToolCall(call.needed("id"), custom.needed("name"), null, new Arguments.Raw(custom.text("input", "")));
        }
        var function = call.need("function");
        var arguments = function.get("arguments");
        var text = arguments.isString()
                ? arguments.asString()
                : arguments.isMissingNode() ? "" : ModelJson.MAPPER.writeValueAsString(arguments);
        return new Block.ToolCall(call.needed("id"), function.needed("name"), null, Emulated.arguments(text));
    }

    private static List<Block> content(Members message, Losses losses) {
        var content = message.get("content");
        if (content.isMissingNode()) {
            return List.of();
        }
        if (content.isString()) {
            return content.asString().isEmpty() ? List.of() : List.of(new Block.Text(content.asString()));
        }
        var blocks = new ArrayList<Block>();
        for (var part : message.objects("content")) {
            part.drop("cache_control", "prompt_cache_breakpoint");
            switch (part.needed("type")) {
                case "text" -> blocks.add(new Block.Text(part.text("text", "")));
                case "refusal" -> blocks.add(new Block.Refusal(part.text("refusal", "")));
                case "image_url" -> {
                    var image = part.need("image_url");
                    blocks.add(new Block.Image(Sources.of(image.needed("url")), Sources.detail(image)));
                }
                case "file" -> file(part.need("file"), losses).ifPresent(blocks::add);
                default -> losses.refuse(part.at("type"), part.text("type") + " " + Losses.NOT_HERE);
            }
        }
        return blocks;
    }

    private static Optional<Block> file(Members file, Losses losses) {
        var data = file.text("file_data");
        if (data == null || !(Sources.of(data) instanceof Block.Source.Inline inline) || !inline.mime().equals(Sources.PDF)) {
            losses.refuse(file.at(file.has("file_id") ? "file_id" : "file_data"), Sources.ONLY_PDF);
            return Optional.empty();
        }
        return Optional.of(new Block.Document(inline, file.text("filename")));
    }
}
