// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.claude;

import dev.assay.sdk.agents.model.EventStream;
import dev.assay.sdk.protocol.Json;
import dev.assay.sdk.protocol.RetryAfter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Puts a message together from the events that it is streamed in. A stream that ends early is a message that ends early. */
final class StreamedMessage {

    private static final Set<String> WITH_INPUT = Set.of("tool_use", "server_tool_use", "mcp_tool_use");
    private static final Set<String> COUNTED_ANEW = Set.of(
            "input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens", "server_tool_use", "output_tokens_details");

    private final List<Block> blocks = new ArrayList<>();
    private @Nullable ObjectNode message;

    /** A block and the pieces that it grows by. */
    private static final class Block {

        private final ObjectNode node;
        private final StringBuilder text = new StringBuilder();
        private final List<String> input = new ArrayList<>();

        Block(ObjectNode node) {
            this.node = node;
        }

        String type() {
            return node.path("type").asString("");
        }

        ObjectNode whole() throws InvalidToolJsonException {
            var growing = type().equals("thinking") ? "thinking" : "text";
            if (!text.isEmpty()) {
                node.put(growing, node.path(growing).asString("") + text);
            }
            if (input.stream().anyMatch(piece -> !piece.isEmpty())) {
                node.set("input", parsed());
            }
            return node;
        }

        private JsonNode parsed() throws InvalidToolJsonException {
            try {
                return PartialJson.of(String.join("", input));
            } catch (JacksonException e) {
                throw new InvalidToolJsonException(String.join("", input.subList(0, firstBad())).strip(), e);
            }
        }

        /** How many pieces it took until it was no beginning of JSON any more: once it is not, more does not mend it. */
        private int firstBad() {
            var good = 0;
            var bad = input.size();
            while (bad - good > 1) {
                var middle = (good + bad) / 2;
                if (isBeginning(String.join("", input.subList(0, middle)))) {
                    good = middle;
                } else {
                    bad = middle;
                }
            }
            return bad;
        }

        private static boolean isBeginning(String text) {
            try {
                return text.isEmpty() || PartialJson.of(text) != null;
            } catch (JacksonException e) {
                return false;
            }
        }
    }

    private StreamedMessage() {}

    /**
     * Reads a stream to its end.
     *
     * @throws StreamErrorException if it says that it failed
     * @throws InvalidToolJsonException if a call's arguments are no JSON
     * @throws IOException if it is no stream of a message
     */
    static ObjectNode read(EventStream stream) throws IOException {
        var reading = new StreamedMessage();
        for (var event = stream.next(); event != null; event = stream.next()) {
            var data = data(event);
            if (event.name().equals("error") || data.path("type").asString("").equals("error")) {
                throw new StreamErrorException(data, RetryAfter.of(stream.headers()));
            }
            reading.take(data);
        }
        return reading.whole();
    }

    private static JsonNode data(EventStream.Event event) throws IOException {
        try {
            return Json.MAPPER.readTree(event.data());
        } catch (JacksonException e) {
            if (event.name().equals("error")) {
                return Json.tree(event.data());
            }
            throw new IOException("the model's answer holds an event that is no JSON", e);
        }
    }

    private void take(JsonNode event) throws IOException {
        switch (event.path("type").asString("")) {
            case "message_start" -> message = event.path("message") instanceof ObjectNode begun ? begun : Json.object();
            case "content_block_start" -> blocks.add(new Block(begun(event)));
            case "content_block_delta" -> grow(block(event), event.path("delta"));
            case "message_delta" -> end(begun(), event);
            default -> { } // pings, ends of blocks, and what is not known yet
        }
    }

    private ObjectNode begun(JsonNode event) throws IOException {
        begun();
        if (!(event.path("content_block") instanceof ObjectNode block)) {
            throw new IOException("the model's answer begins a block that is none");
        }
        if (block.path("type").asString("").equals("fallback")) {
            begun().set("model", block.path("to").path("model"));
        }
        return block;
    }

    private ObjectNode begun() throws IOException {
        if (message == null) {
            throw new IOException("the model's answer does not begin with its message");
        }
        return message;
    }

    private Block block(JsonNode event) throws IOException {
        var index = event.path("index").asInt(-1);
        if (index < 0 || index >= blocks.size()) {
            throw new IOException("the model's answer goes on with a block that it has not begun");
        }
        return blocks.get(index);
    }

    private static void grow(Block block, JsonNode delta) {
        switch (delta.path("type").asString("") + " of " + block.type()) {
            case "text_delta of text" -> block.text.append(delta.path("text").asString(""));
            case "thinking_delta of thinking" -> block.text.append(delta.path("thinking").asString(""));
            case "signature_delta of thinking" -> block.node.set("signature", delta.path("signature"));
            case "citations_delta of text" -> {
                var citations = block.node.path("citations") instanceof ArrayNode given ? given : block.node.putArray("citations");
                citations.add(delta.path("citation"));
            }
            default -> {
                if (WITH_INPUT.contains(block.type()) && delta.path("partial_json").isString()) {
                    block.input.add(delta.path("partial_json").stringValue());
                }
            }
        }
    }

    private static void end(ObjectNode message, JsonNode event) {
        for (var member : List.of("stop_reason", "stop_sequence", "stop_details")) {
            message.set(member, event.path("delta").has(member) ? event.path("delta").path(member) : Json.tree(null));
        }
        var usage = message.path("usage") instanceof ObjectNode given ? given : message.putObject("usage");
        usage.set("output_tokens", event.path("usage").path("output_tokens"));
        for (var member : COUNTED_ANEW) {
            if (event.path("usage").has(member) && !event.path("usage").path(member).isNull()) {
                usage.set(member, event.path("usage").path(member));
            }
        }
    }

    private ObjectNode whole() throws IOException {
        var whole = begun();
        var content = whole.path("content") instanceof ArrayNode given ? given : whole.putArray("content");
        for (var block : blocks) {
            content.add(block.whole());
        }
        return whole;
    }
}
