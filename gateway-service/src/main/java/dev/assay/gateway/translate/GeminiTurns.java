// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.translate;

import dev.assay.gateway.dialect.ModelJson;
import dev.assay.gateway.translate.Block.Arguments;
import dev.assay.gateway.translate.Block.Source;
import dev.assay.gateway.translate.Conversation.Speaker;
import dev.assay.gateway.translate.Conversation.Turn;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads the contents of a Gemini call. Its calls need no ids: a response belongs to the first call of its name that has none yet. Ids that
 * are given in place of missing ones follow from their places, so that the same conversation has the same ones again.
 */
final class GeminiTurns {

    private static final Set<String> SAID = Set.of("output", "result", "error");

    /** A call that waits for its response. It stands under its id and under its name; whichever asks first takes it. */
    private static final class Open {
        final String id;
        boolean answered;

        Open(String id) {
            this.id = id;
        }
    }

    private final Losses losses;
    private final Turns turns = new Turns(false);
    private final Map<String, Deque<Open>> openById = new HashMap<>();
    private final Map<String, Deque<Open>> openByName = new HashMap<>();
    private int calls;

    private GeminiTurns(Losses losses) {
        this.losses = losses;
    }

    static List<Turn> read(Members call, Losses losses) {
        var reading = new GeminiTurns(losses);
        if (call.get("systemInstruction").isString()) {
            reading.turns.add(Speaker.SYSTEM, List.of(new Block.Text(call.get("systemInstruction").asString())));
        } else {
            var system = call.object("systemInstruction");
            if (system != null) {
                reading.turns.add(Speaker.SYSTEM, reading.parts(system));
            }
        }
        for (var content : call.objects("contents")) {
            reading.turns.add(content.text("role", "user").equals("model") ? Speaker.ASSISTANT : Speaker.USER, reading.parts(content));
        }
        return reading.turns.all();
    }

    private List<Block> parts(Members content) {
        var blocks = new ArrayList<Block>();
        for (var part : content.objects("parts")) {
            part.ignore("thoughtSignature");
            if (part.is("thought")) {
                losses.drop(part.at("thought"));
                continue;
            }
            var block = part(part);
            if (block != null) {
                blocks.add(block);
            }
        }
        return blocks;
    }

    private @Nullable Block part(Members part) {
        if (part.has("text")) {
            var text = part.text("text", "");
            return text.isEmpty() ? null : new Block.Text(text);
        }
        if (part.has("inlineData")) {
            return inline(part.need("inlineData"));
        }
        if (part.has("fileData")) {
            var file = part.need("fileData");
            if (file.text("mimeType", "").startsWith("image/") && file.needed("fileUri").startsWith("https://")) {
                return new Block.Image(new Source.Link(file.needed("fileUri")), null);
            }
            losses.refuse(part.at("fileData"), Losses.NOT_HERE);
            return null;
        }
        if (part.has("functionCall")) {
            var call = part.need("functionCall");
            var id = call.text("id", "call_" + ++calls);
            var name = call.needed("name");
            var open = new Open(id);
            openById.computeIfAbsent(id, unused -> new ArrayDeque<>()).add(open);
            openByName.computeIfAbsent(name, unused -> new ArrayDeque<>()).add(open);
            var arguments = call.get("args") instanceof ObjectNode object ? object : ModelJson.MAPPER.createObjectNode();
            return new Block.ToolCall(id, name, null, new Arguments.Json(arguments));
        }
        if (part.has("functionResponse")) {
            return result(part.need("functionResponse"));
        }
        part.refuseRest();
        return null;
    }

    private Block inline(Members data) {
        return Sources.block(data, "mimeType", data.text("mimeType", "image/png"), data.needed("data"), losses);
    }

    private Block result(Members response) {
        var name = response.text("name", "");
        var said = response.text("id");
        var belongs = take(said == null ? openByName.get(name) : openById.get(said));
        var blocks = new ArrayList<Block>();
        var value = response.get("response");
        blocks.add(new Block.Text(text(value)));
        for (var part : response.objects("parts")) {
            if (part.has("inlineData")) {
                blocks.add(inline(part.need("inlineData")));
            } else {
                part.refuseRest();
            }
        }
        response.dropRest();
        return new Block.ToolResult(belongs != null ? belongs : said == null ? "call_" + name : said, blocks, value.hasNonNull("error"));
    }

    /** The id of the first call that has no response yet; null: none. */
    private static @Nullable String take(@Nullable Deque<Open> calls) {
        for (var call = calls == null ? null : calls.poll(); call != null; call = calls.poll()) {
            if (!call.answered) {
                call.answered = true;
                return call.id;
            }
        }
        return null;
    }

    /** What a response says if it says one text, whether or not it says besides that it succeeded, else all of it. */
    private static String text(JsonNode response) {
        var success = !response.hasNonNull("error");
        var members = response.properties().stream()
                .filter(member -> !member.getValue().isNull())
                .filter(member -> !(member.getKey().equals("success") && member.getValue().asBoolean(!success) == success))
                .toList();
        if (members.size() == 1 && SAID.contains(members.getFirst().getKey()) && members.getFirst().getValue().isString()) {
            return members.getFirst().getValue().asString();
        }
        return response.isMissingNode() ? "" : ModelJson.MAPPER.writeValueAsString(response);
    }
}
