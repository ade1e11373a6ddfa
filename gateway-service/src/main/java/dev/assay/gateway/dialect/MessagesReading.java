// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.dialect;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Anthropic's Messages. What has begun to be told is an answer with its first piece of content: a stream that dies before that may be asked
 * for again.
 */
final class MessagesReading extends Reading {

    private static final byte[] STOP = Dialect.event("message_stop", "{\"type\":\"message_stop\"}");

    /** What was told of tokens: the beginning says what went in, the end what came out, sometimes both. */
    private final ObjectNode told = ModelJson.MAPPER.createObjectNode();

    private final @Nullable GatheredMessage gathered;
    private boolean stopped;

    MessagesReading(String provider, boolean streamed) {
        super(provider, streamed);
        this.gathered = streamed ? null : new GatheredMessage();
    }

    @Override
    Verdict read(String name, byte[] bytes, int from, int to) {
        if (text(bytes, from, Math.min(to, from + 16)).strip().equals("[DONE]")) {
            return DROP;
        }
        var said = EventType.of(bytes, from, to);
        var type = said != null ? said : name;
        switch (type) {
            case "content_block_delta" -> answered = true;
            case "message_start", "content_block_start", "message_delta" -> look(type, event(bytes, from, to));
            case "message_stop" -> stop();
            case "error" -> {
                var error = event(bytes, from, to);
                return failed(error.path("error").isObject() ? error.path("error") : error, name.equals(type));
            }
            case "" -> throw strange("holds an event without a type", event(bytes, from, to));
            default -> {}
        }
        if (gathered != null) {
            gathered.add(type, event(bytes, from, to));
        }
        if (said == null) {
            var typed = ModelJson.MAPPER.createObjectNode().put("type", type);
            return new Verdict.Mended(Dialect.event(type, typed.setAll(event(bytes, from, to))));
        }
        // Anthropic's library goes by the name alone.
        return name.equals(type) ? PASS : new Verdict.Mended(Dialect.event(type, event(bytes, from, to)));
    }

    private ObjectNode event(byte[] bytes, int from, int to) {
        var event = object(bytes, from, to, "holds an event without a type");
        if (!event.has("type")) {
            ChatAnswer.failIfError(provider, event);
        }
        return event;
    }

    private void look(String type, ObjectNode event) {
        switch (type) {
            case "message_start" -> {
                servedModel = event.path("message").path("model").stringValue(null);
                tell(event.path("message").path("usage"));
            }
            case "content_block_start" -> {
                var block = event.path("content_block").path("type").asString("");
                answered |= !block.equals("text") && !block.equals("thinking");
            }
            default -> {
                tell(event.path("usage"));
                if (ChatAnswer.isReason(event.path("delta").path("stop_reason").stringValue(null))) {
                    finish = event.path("delta").path("stop_reason").asString();
                    answered = true;
                    finished = true;
                }
            }
        }
    }

    private void stop() {
        if (!answered) {
            throw new ModelErrorException(ModelError.of(502, "The provider '" + provider + "' ended its stream without an answer."));
        }
        stopped = true;
        finished = true;
    }

    private void tell(JsonNode more) {
        for (var member : more.properties()) {
            if (!member.getValue().isNull()) {
                told.set(member.getKey(), member.getValue());
            }
        }
        var all = Usages.messages(told);
        usage = all == null ? usage : all;
        serviceTier = told.path("service_tier").stringValue(null);
    }

    @Override
    Verdict readWhole(byte[] bytes, int from, int to) {
        var message = object(bytes, from, to, "holds no message");
        if (message.path("error").isObject()) {
            return failed(message.path("error"), true);
        }
        if (!message.path("content").isArray()) {
            ChatAnswer.failIfError(provider, message);
            throw strange("holds no message", message);
        }
        servedModel = message.path("model").stringValue(null);
        finish = message.path("stop_reason").stringValue(null);
        tell(message.path("usage"));
        answered = true;
        finished = true;
        stopped = true;
        return streamed ? new Verdict.Mended(GatheredMessage.stream(message)) : PASS;
    }

    @Override
    public byte[] closing() {
        if (!finished) {
            return NOTHING;
        }
        if (gathered != null) {
            return ModelJson.MAPPER.writeValueAsBytes(gathered.whole());
        }
        return stopped ? NOTHING : STOP;
    }

    /** A message between its two forms: as a whole, and as the events of a stream. */
    static final class GatheredMessage {

        private ObjectNode message = ModelJson.MAPPER.createObjectNode();
        private final TreeMap<Integer, ObjectNode> blocks = new TreeMap<>();
        private final TreeMap<Integer, StringBuilder> inputs = new TreeMap<>();
        private final GrowingTexts texts = new GrowingTexts();

        void add(String type, ObjectNode event) {
            var index = event.path("index").asInt(0);
            switch (type) {
                case "message_start" -> {
                    if (event.path("message") instanceof ObjectNode begun) {
                        message = begun;
                    }
                }
                case "content_block_start" -> {
                    if (event.path("content_block") instanceof ObjectNode block) {
                        blocks.put(index, block);
                    }
                }
                case "content_block_delta" -> delta(index, event.path("delta"));
                case "message_delta" -> {
                    event.path("delta").properties().forEach(member -> message.set(member.getKey(), member.getValue()));
                    event.path("usage").properties().stream()
                            .filter(member -> !member.getValue().isNull())
                            .forEach(member -> message.withObjectProperty("usage").set(member.getKey(), member.getValue()));
                }
                default -> {}
            }
        }

        private void delta(int index, JsonNode delta) {
            var block = blocks.computeIfAbsent(index, i -> ModelJson.MAPPER.createObjectNode().put("type", "text").put("text", ""));
            switch (delta.path("type").asString("")) {
                case "text_delta" -> texts.append(block, "text", delta.path("text").asString(""));
                case "thinking_delta" -> texts.append(block, "thinking", delta.path("thinking").asString(""));
                case "signature_delta" -> texts.append(block, "signature", delta.path("signature").asString(""));
                case "input_json_delta" -> inputs.computeIfAbsent(index, i -> new StringBuilder()).append(delta.path("partial_json").asString(""));
                case "citations_delta" -> block.withArrayProperty("citations").add(delta.path("citation"));
                default -> {}
            }
        }

        ObjectNode whole() {
            texts.join();
            message.put("type", "message").put("role", "assistant");
            inputs.forEach((index, json) -> blocks.computeIfPresent(index, (i, block) -> block.set("input", input(json.toString()))));
            var content = message.putArray("content");
            blocks.values().forEach(content::add);
            return message;
        }

        /** What is no JSON is told as clients themselves quote it. */
        private static JsonNode input(String json) {
            try {
                return json.isBlank() ? ModelJson.MAPPER.createObjectNode() : ModelJson.MAPPER.readTree(json);
            } catch (JacksonException e) {
                return ModelJson.MAPPER.createObjectNode().put("INVALID_JSON", json);
            }
        }

        /** The events that say the same as a whole message. */
        static byte[] stream(ObjectNode message) {
            var out = new ByteArrayOutputStream();
            var begun = message.deepCopy();
            begun.putArray("content");
            begun.putNull("stop_reason").putNull("stop_sequence");
            begun.withObjectProperty("usage").put("output_tokens", 0);
            send(out, "message_start", event("message_start").set("message", begun));
            var index = 0;
            for (var block : message.path("content")) {
                send(out, "content_block_start", event("content_block_start").put("index", index).set("content_block", opened(block)));
                for (var delta : deltas(block)) {
                    send(out, "content_block_delta", event("content_block_delta").put("index", index).set("delta", delta));
                }
                send(out, "content_block_stop", event("content_block_stop").put("index", index++));
            }
            var end = event("message_delta");
            end.putObject("delta")
                    .<ObjectNode>set("stop_reason", message.path("stop_reason").isString() ? message.path("stop_reason") : end.stringNode("end_turn"))
                    .<ObjectNode>set("stop_sequence", message.path("stop_sequence").isString() ? message.path("stop_sequence") : end.nullNode());
            end.set("usage", message.path("usage").isObject() ? message.path("usage") : end.objectNode().put("output_tokens", 0));
            send(out, "message_delta", end);
            out.writeBytes(STOP);
            return out.toByteArray();
        }

        private static ObjectNode event(String type) {
            return ModelJson.MAPPER.createObjectNode().put("type", type);
        }

        private static void send(ByteArrayOutputStream out, String name, JsonNode event) {
            out.writeBytes(Dialect.event(name, event));
        }

        private static JsonNode opened(JsonNode block) {
            var open = block.deepCopy().asObject();
            switch (block.path("type").asString("")) {
                case "text" -> open.put("text", "").remove("citations");
                case "thinking" -> open.put("thinking", "").put("signature", "");
                case "tool_use", "server_tool_use" -> open.putObject("input");
                default -> {}
            }
            return open;
        }

        private static List<ObjectNode> deltas(JsonNode block) {
            var deltas = new ArrayList<ObjectNode>();
            switch (block.path("type").asString("")) {
                case "text" -> {
                    deltas.add(event("text_delta").put("text", block.path("text").asString("")));
                    block.path("citations").forEach(citation -> deltas.add(event("citations_delta").<ObjectNode>set("citation", citation)));
                }
                case "thinking" -> {
                    deltas.add(event("thinking_delta").put("thinking", block.path("thinking").asString("")));
                    deltas.add(event("signature_delta").put("signature", block.path("signature").asString("")));
                }
                case "tool_use", "server_tool_use" -> deltas.add(
                        event("input_json_delta").put("partial_json", ModelJson.MAPPER.writeValueAsString(block.path("input"))));
                default -> {}
            }
            return deltas;
        }
    }
}
