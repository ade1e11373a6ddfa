// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.translate;

import dev.assay.gateway.translate.Block.Arguments;
import dev.assay.gateway.translate.Block.Source;
import dev.assay.gateway.translate.Conversation.Speaker;
import dev.assay.gateway.translate.Conversation.Turn;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Reads the conversation of a Messages call. */
final class MessagesTurns {

    private MessagesTurns() {}

    static List<Turn> read(Members call, Losses losses) {
        var turns = new Turns(false);
        if (call.has("system")) {
            turns.add(Speaker.SYSTEM, blocks(call, "system", losses));
        }
        for (var message : call.objects("messages")) {
            var speaker = switch (message.needed("role")) {
                case "user" -> Speaker.USER;
                case "assistant" -> Speaker.ASSISTANT;
                case "system" -> Speaker.SYSTEM;
                default -> throw message.bad("role", "must be user, assistant or system");
            };
            turns.add(speaker, blocks(message, "content", losses));
            message.refuseRest();
        }
        return turns.all();
    }

    private static List<Block> blocks(Members in, String member, Losses losses) {
        var content = in.get(member);
        if (content.isString()) {
            return content.asString().isEmpty() ? List.of() : List.of(new Block.Text(content.asString()));
        }
        var blocks = new ArrayList<Block>();
        for (var block : in.objects(member)) {
            var read = block(block, losses);
            if (read != null) {
                blocks.add(read);
            }
        }
        return blocks;
    }

    private static @Nullable Block block(Members block, Losses losses) {
        block.drop("cache_control");
        var type = block.needed("type");
        return switch (type) {
            case "text" -> {
                block.drop("citations");
                yield new Block.Text(block.text("text", ""));
            }
            case "image" -> image(block.need("source"), losses);
            case "document" -> document(block, losses);
            case "search_result" -> new Block.Text(joined(block.text("title"), text(blocks(block, "content", losses), losses)));
            case "thinking" -> new Block.Thinking(block.text("thinking", ""), block.text("signature"), false);
            case "redacted_thinking" -> new Block.Thinking("", block.text("data"), true);
            case "tool_use" -> {
                block.refuse("toolset_name");
                var input = block.get("input") instanceof ObjectNode object ? object : null;
                yield new Block.ToolCall(
                        block.needed("id"),
                        block.needed("name"),
                        null,
                        input == null ? Emulated.arguments("") : new Arguments.Json(input));
            }
            case "tool_result" -> {
                block.refuse("toolset_name");
                yield new Block.ToolResult(block.needed("tool_use_id"), blocks(block, "content", losses), block.is("is_error"));
            }
            default -> {
                losses.refuse(block.at("type"), type + " " + Losses.NOT_HERE);
                yield null;
            }
        };
    }

    private static @Nullable Block image(Members source, Losses losses) {
        return switch (source.needed("type")) {
            case "base64" -> new Block.Image(
                    new Source.Inline(source.text("media_type", "image/png"), Sources.standard(source.needed("data"))), null);
            case "url" -> new Block.Image(new Source.Link(source.needed("url")), null);
            default -> {
                losses.refuse(source.at("type"), source.text("type") + " " + Losses.NOT_HERE);
                yield null;
            }
        };
    }

    private static @Nullable Block document(Members block, Losses losses) {
        var citations = block.object("citations");
        if (citations != null && citations.is("enabled")) {
            losses.refuse(citations.at("enabled"), Losses.NOT_HERE);
        }
        var source = block.need("source");
        var title = block.text("title");
        block.drop("context");
        return switch (source.needed("type")) {
            case "base64" -> new Block.Document(
                    new Source.Inline(source.text("media_type", Sources.PDF), Sources.standard(source.needed("data"))), title);
            case "text" -> new Block.Text(joined(title, source.needed("data")));
            case "content" -> new Block.Text(joined(title, text(blocks(source, "content", losses), losses)));
            case "url" -> new Block.Document(new Source.Link(source.needed("url")), title);
            default -> {
                losses.refuse(source.at("type"), source.text("type") + " " + Losses.NOT_HERE);
                yield null;
            }
        };
    }

    private static String joined(@Nullable String title, String text) {
        return title == null ? text : title + "\n" + text;
    }

    /** The texts of blocks, a line each, where nothing but text can stand. */
    static String text(List<Block> blocks, Losses losses) {
        for (var block : blocks) {
            switch (block) {
                case Block.Image unused -> losses.drop(Part.IMAGE);
                case Block.Document unused -> losses.drop(Part.DOCUMENT);
                default -> {}
            }
        }
        return text(blocks);
    }

    /** The texts of blocks, a line each. */
    static String text(List<Block> blocks) {
        var texts = new ArrayList<String>();
        for (var block : blocks) {
            if (block instanceof Block.Text(var text)) {
                texts.add(text);
            }
        }
        return String.join("\n", texts);
    }
}
