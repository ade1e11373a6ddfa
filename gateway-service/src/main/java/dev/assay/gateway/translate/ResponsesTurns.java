// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.translate;

import dev.assay.gateway.translate.Block.Arguments;
import dev.assay.gateway.translate.Block.Source;
import dev.assay.gateway.translate.Conversation.Speaker;
import dev.assay.gateway.translate.Conversation.ToolDeclaration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Reads the items of a response's input. */
final class ResponsesTurns {

    static final String FAILED = "[tool_error] true";

    private final Turns turns;
    private final List<ToolDeclaration> tools;
    private final Losses losses;

    /** @param tools gets those that stand among the items */
    ResponsesTurns(Turns turns, List<ToolDeclaration> tools, Losses losses) {
        this.turns = turns;
        this.tools = tools;
        this.losses = losses;
    }

    void read(Members call) {
        if (call.get("input").isString()) {
            turns.add(Speaker.USER, List.of(new Block.Text(call.get("input").asString())));
            return;
        }
        call.objects("input").forEach(this::item);
    }

    private void item(Members item) {
        var type = item.text("type", "message");
        switch (type) {
            case "message" -> message(item);
            case "function_call" -> call(item, item.needed("name"), Emulated.arguments(item.text("arguments", "")));
            case "custom_tool_call" -> call(item, item.needed("name"), new Arguments.Raw(item.text("input", "")));
            case "shell_call" -> call(
                    item,
                    "shell",
                    item.get("action") instanceof ObjectNode action ? new Arguments.Json(withoutNulls(action)) : Emulated.arguments(""));
            case "function_call_output", "custom_tool_call_output" -> result(item, output(item));
            case "shell_call_output" -> result(item, List.of(new Block.Text(shellOutput(item))));
            case "reasoning" -> {
                var thought = ResponsesItems.unseal(item.text("encrypted_content", ""));
                if (thought != null) {
                    turns.add(Speaker.ASSISTANT, List.of(thought));
                } else {
                    losses.drop("input[].reasoning");
                }
            }
            case "additional_tools" -> ResponsesRequests.tools(item, null, tools, losses);
            default -> losses.refuse(item.at("type"), type + " " + Losses.NOT_HERE);
        }
    }

    private void message(Members item) {
        var speaker = switch (item.needed("role")) {
            case "user" -> Speaker.USER;
            case "assistant" -> Speaker.ASSISTANT;
            case "system", "developer" -> Speaker.SYSTEM;
            default -> throw item.bad("role", "must be user, assistant, system or developer");
        };
        turns.add(speaker, content(item, "content"));
    }

    private void call(Members item, String name, Arguments arguments) {
        turns.add(
                Speaker.ASSISTANT, List.of(new Block.ToolCall(item.needed("call_id"), name, item.text("namespace"), arguments)));
    }

    private void result(Members item, List<Block> blocks) {
        var failed = !blocks.isEmpty() && blocks.getFirst() instanceof Block.Text(var text) && text.equals(FAILED);
        turns.add(
                Speaker.USER,
                List.of(new Block.ToolResult(item.needed("call_id"), failed ? blocks.subList(1, blocks.size()) : blocks, failed)));
    }

    private List<Block> output(Members item) {
        return content(item, "output");
    }

    /** What a shell printed, command by command, as people read it. */
    private static String shellOutput(Members item) {
        var text = new StringBuilder();
        for (var output : item.objects("output")) {
            text.append(text.isEmpty() || text.toString().endsWith("\n") ? "" : "\n").append(output.text("stdout", ""));
            var error = output.text("stderr", "");
            if (!error.isEmpty()) {
                text.append(text.isEmpty() || text.toString().endsWith("\n") ? "" : "\n").append("stderr:\n").append(error);
            }
            var outcome = output.object("outcome");
            if (outcome != null) {
                text.append(text.isEmpty() || text.toString().endsWith("\n") ? "" : "\n");
                text.append(outcome.has("exit_code") ? "(exit " + outcome.whole("exit_code") + ")" : "(" + outcome.text("type", "") + ")");
            }
        }
        return text.toString();
    }

    private List<Block> content(Members item, String member) {
        var content = item.get(member);
        if (content.isString()) {
            return content.asString().isEmpty() && member.equals("content") ? List.of() : List.of(new Block.Text(content.asString()));
        }
        var blocks = new ArrayList<Block>();
        for (var part : item.objects(member)) {
            var block = part(part);
            if (block != null) {
                blocks.add(block);
            }
        }
        return blocks;
    }

    private @Nullable Block part(Members part) {
        var type = part.needed("type");
        return switch (type) {
            case "input_text", "output_text", "text" -> new Block.Text(part.text("text", ""));
            case "refusal" -> new Block.Refusal(part.text("refusal", ""));
            case "input_image" -> {
                if (!part.has("image_url")) {
                    losses.refuse(part.at("file_id"), Losses.NOT_HERE);
                    yield null;
                }
                yield new Block.Image(Sources.of(part.needed("image_url")), Sources.detail(part));
            }
            case "input_file" -> file(part);
            default -> {
                losses.refuse(part.at("type"), type + " " + Losses.NOT_HERE);
                yield null;
            }
        };
    }

    private @Nullable Block file(Members part) {
        var title = part.text("filename");
        if (part.has("file_url")) {
            return new Block.Document(new Source.Link(part.needed("file_url")), title);
        }
        var data = part.text("file_data");
        if (data == null || !(Sources.of(data) instanceof Source.Inline inline) || !inline.mime().equals(Sources.PDF)) {
            losses.refuse(part.at(part.has("file_id") ? "file_id" : "file_data"), Sources.ONLY_PDF);
            return null;
        }
        return new Block.Document(inline, title);
    }

    private static ObjectNode withoutNulls(ObjectNode object) {
        var copy = object.deepCopy();
        object.properties().stream().filter(member -> member.getValue().isNull()).forEach(member -> copy.remove(member.getKey()));
        return copy;
    }
}
