// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.translate;

import dev.assay.gateway.dialect.ModelJson;
import dev.assay.gateway.translate.Conversation.ToolKind;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What whole and streamed Chat answers have in common. */
final class ChatShapes {

    final Asked asked;
    final Emulated tools;
    private final String id = "chatcmpl-" + Ids.random();

    ChatShapes(Asked asked) {
        this.asked = asked;
        this.tools = new Emulated(asked.call().tools());
    }

    ObjectNode envelope(String object) {
        var body = object().put("id", id)
                .put("object", object)
                .put("created", asked.now().getEpochSecond())
                .put("model", asked.model());
        if (asked.fingerprint() != null) {
            body.put("system_fingerprint", asked.fingerprint());
        }
        return body;
    }

    /** A call as the client declared its tool. */
    ObjectNode call(Gathered.Part part) {
        var custom = tools.kind(part.tool) == ToolKind.CUSTOM;
        var call = object().put("id", part.callId).put("type", custom ? "custom" : "function");
        if (custom) {
            call.putObject("custom").put("name", tools.said(part.tool)).put("input", Emulated.input(part.arguments()));
        } else {
            call.putObject("function").put("name", tools.said(part.tool)).put("arguments", part.arguments());
        }
        return call;
    }

    /** A thought that its provider knows again; clients send the members of a message back as they came. */
    static ObjectNode detail(Gathered.Part part, int index) {
        var detail = object().put("type", part.hidden ? "redacted_thinking" : "thinking").put("index", index);
        return part.hidden
                ? detail.put("data", part.seal)
                : detail.put("thinking", part.text.toString()).put("signature", part.seal);
    }

    static JsonNode logprobs(List<JsonNode> tokens) {
        if (tokens.isEmpty()) {
            return ModelJson.MAPPER.nullNode();
        }
        var logprobs = object();
        logprobs.putArray("content").addAll(tokens);
        return logprobs.putNull("refusal");
    }

    static ObjectNode object() {
        return ModelJson.MAPPER.createObjectNode();
    }
}
