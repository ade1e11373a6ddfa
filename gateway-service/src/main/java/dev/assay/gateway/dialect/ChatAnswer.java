// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.dialect;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What providers answer, read for what it is: the status line and the content type are believed only as far as the body bears them out. */
final class ChatAnswer {

    private static final int SHOWN = 200;

    private ChatAnswer() {}

    /** A completion, and whether it is another than the bytes say. */
    record Completion(ObjectNode body, boolean mended) {}

    /** @throws ModelErrorException with the provider's reason if the bytes are no completion */
    static Completion completion(String provider, byte[] bytes, int from, int to, Instant now) {
        JsonNode body;
        try {
            body = ModelJson.MAPPER.readTree(bytes, from, to - from);
        } catch (JacksonException e) {
            throw strange(provider, "is no JSON", new String(bytes, from, Math.min(to - from, 4 * SHOWN), StandardCharsets.UTF_8));
        }
        failIfError(provider, body);
        if (!(body instanceof ObjectNode completion) || !isCompletion(completion)) {
            throw strange(provider, "holds no message", String.valueOf(body));
        }
        return new Completion(completion, mend(completion, now));
    }

    /** A 200 that says of an error is that error. */
    static void failIfError(String provider, JsonNode body) {
        ProviderError.in(body).ifPresent(error -> {
            var told = error.told(provider, error.impliedStatus());
            throw new ModelErrorException(told);
        });
    }

    static ModelErrorException strange(String provider, String how, String body) {
        var shown = body.strip().replaceAll("\\s+", " ");
        var cut = shown.length() > SHOWN ? shown.substring(0, SHOWN) + "…" : shown;
        return new ModelErrorException(ModelError.of(502, "The provider '" + provider + "' sent an answer that " + how
                + (cut.isEmpty() ? ": it is empty." : ": " + ProviderError.discreet(cut))));
    }

    private static boolean isCompletion(ObjectNode body) {
        var choices = body.path("choices");
        return choices.isArray() && !choices.isEmpty() && areShaped(choices)
                && choices.valueStream().allMatch(choice -> choice.path("message").isObject());
    }

    /** Whether all that is looked into is of the kind that it should be; what is not there is no matter. */
    static boolean areShaped(JsonNode choices) {
        return choices.valueStream().allMatch(choice -> choice.isObject()
                && Stream.of("message", "delta").map(choice::path).allMatch(said ->
                        isAbsent(said) || said.isObject() && (isAbsent(said.path("tool_calls")) || said.path("tool_calls").isArray())
                                && said.path("tool_calls").valueStream().allMatch(ChatAnswer::isCall)));
    }

    private static boolean isCall(JsonNode call) {
        return call.isObject() && (isAbsent(call.path("function")) || call.path("function").isObject());
    }

    private static boolean isAbsent(JsonNode node) {
        return node.isMissingNode() || node.isNull();
    }

    private static boolean mend(ObjectNode completion, Instant now) {
        var ids = new ToolCallIds();
        var mended = complete(completion, "chat.completion", "chatcmpl-" + UUID.randomUUID().toString().replace("-", ""), now)
                | placePromptTokens(completion);
        for (var choice : completion.path("choices")) {
            mended |= ids.mend(choice.path("message"));
        }
        return mended;
    }

    /** Whether an answer that came in pieces came to its end: its choices say why they ended. */
    static boolean isFinished(ObjectNode completion) {
        var choices = completion.path("choices");
        return !choices.isEmpty() && choices.valueStream().allMatch(choice -> isReason(choice.path("finish_reason").stringValue(null)));
    }

    /** Some engines give every chunk a reason that is none. */
    static boolean isReason(@Nullable String reason) {
        return reason != null && !reason.isBlank() && !reason.equals("null");
    }

    /** What clients read as given. */
    static boolean complete(ObjectNode body, String object, String id, Instant now) {
        var missing = false;
        if (!body.path("id").isString() || body.path("id").asString().isEmpty()) {
            body.put("id", id);
            missing = true;
        }
        if (!body.path("object").isString() || body.path("object").asString().isEmpty()) {
            body.put("object", object);
            missing = true;
        }
        if (!body.path("created").isNumber()) {
            body.put("created", now.getEpochSecond());
            missing = true;
        }
        return missing;
    }

    /** Some engines say what the prompt's tokens were once for the whole answer; clients look for it beside the tokens of each choice. */
    static boolean placePromptTokens(ObjectNode body) {
        var tokens = body.path("prompt_token_ids");
        if (!tokens.isArray()) {
            return false;
        }
        for (var choice : body.path("choices")) {
            if (choice instanceof ObjectNode object && !object.path("prompt_token_ids").isArray()) {
                object.set("prompt_token_ids", tokens);
            }
        }
        return !body.path("choices").isEmpty();
    }

    /** @throws ModelErrorException if the event is an error, or nothing that has a message */
    static ObjectNode chunk(String provider, String name, String data) {
        try {
            var json = ModelJson.MAPPER.readTree(data);
            if (name.equals("error")) {
                var error = ProviderError.in(json).orElseGet(() -> ProviderError.of(json));
                throw new ModelErrorException(error.told(provider, error.impliedStatus()));
            }
            failIfError(provider, json);
            if (json instanceof ObjectNode object && areShaped(object.path("choices"))) {
                return object;
            }
        } catch (JacksonException e) {
            throw strange(provider, "holds an event that is no JSON", data);
        }
        throw strange(provider, "holds an event without a message", data);
    }

    /** A whole completion as the events of a stream: its messages, their ends, and what it cost if that is asked for. */
    static List<ObjectNode> chunks(ObjectNode completion, boolean withUsage) {
        var chunks = new ArrayList<ObjectNode>();
        for (var choice : completion.path("choices")) {
            var begin = chunk(completion);
            var piece = choice.deepCopy().asObject();
            var delta = piece.remove("message").asObject();
            var index = 0;
            for (var call : delta.path("tool_calls")) {
                call.asObject().put("index", index++);
            }
            var reason = piece.path("finish_reason");
            piece.set("delta", delta);
            piece.putNull("finish_reason");
            piece.put("index", choice.path("index").asInt(0));
            begin.putArray("choices").add(piece);
            chunks.add(begin);
            var end = chunk(completion);
            var last = end.putArray("choices").addObject();
            last.put("index", choice.path("index").asInt(0));
            last.putObject("delta");
            last.put("finish_reason", reason.isString() ? reason.asString() : "stop");
            chunks.add(end);
        }
        if (withUsage && completion.path("usage").isObject()) {
            var usage = chunk(completion);
            usage.putArray("choices");
            usage.set("usage", completion.path("usage"));
            chunks.add(usage);
        }
        return chunks;
    }

    private static ObjectNode chunk(ObjectNode completion) {
        var chunk = ModelJson.MAPPER.createObjectNode();
        completion.properties().stream()
                .filter(member -> !member.getKey().equals("choices") && !member.getKey().equals("usage"))
                .forEach(member -> chunk.set(member.getKey(), member.getValue()));
        return chunk.put("object", "chat.completion.chunk");
    }

    /** The events of a stream, put together as the completion that was asked for. */
    static final class Gathered {

        private final ObjectNode whole = ModelJson.MAPPER.createObjectNode();
        private final ArrayNode choices = ModelJson.MAPPER.createArrayNode();
        private final GrowingTexts texts = new GrowingTexts();

        void add(ObjectNode chunk) {
            for (var member : chunk.properties()) {
                if (!member.getKey().equals("choices") && !member.getValue().isNull()) {
                    whole.set(member.getKey(), member.getValue());
                }
            }
            for (var piece : chunk.path("choices")) {
                var choice = choice(piece.path("index").asInt(0));
                for (var member : piece.properties()) {
                    switch (member.getKey()) {
                        case "index" -> {}
                        case "delta", "message" -> join(choice.withObjectProperty("message"), member.getValue());
                        case "logprobs" -> {
                            if (member.getValue().isObject()) {
                                join(choice.withObjectProperty("logprobs"), member.getValue());
                            }
                        }
                        default -> {
                            if (!member.getValue().isNull()) {
                                choice.set(member.getKey(), member.getValue());
                            }
                        }
                    }
                }
            }
        }

        ObjectNode whole() {
            texts.join();
            whole.put("object", "chat.completion");
            choices.forEach(choice -> {
                var message = choice.asObject().withObjectProperty("message");
                if (!message.has("role")) {
                    message.put("role", "assistant");
                }
                message.path("tool_calls").forEach(call -> call.asObject().remove("index"));
            });
            whole.set("choices", choices);
            return whole;
        }

        private ObjectNode choice(int index) {
            for (var choice : choices) {
                if (choice.path("index").asInt(0) == index) {
                    return choice.asObject();
                }
            }
            return choices.addObject().put("index", index);
        }

        /** Texts and lists grow; tool calls by their index; of everything else the last counts. */
        private void join(ObjectNode so, JsonNode more) {
            for (var member : more.properties()) {
                var name = member.getKey();
                var value = member.getValue();
                var old = so.path(name);
                if (value.isNull()) {
                    continue;
                }
                if (name.equals("tool_calls")) {
                    value.forEach(call -> joinCall(so.withArrayProperty(name), call));
                } else if (old.isString() && value.isString() && !name.equals("role")) {
                    texts.append(so, name, value.asString());
                } else if (old.isArray() && value.isArray()) {
                    value.forEach(old.asArray()::add);
                } else {
                    so.set(name, value);
                }
            }
        }

        private void joinCall(ArrayNode calls, JsonNode piece) {
            for (var call : calls) {
                if (call.path("index").equals(piece.path("index"))) {
                    var function = call.asObject().withObjectProperty("function");
                    for (var member : piece.path("function").properties()) {
                        if (member.getKey().equals("arguments") && function.path("arguments").isString()) {
                            texts.append(function, "arguments", member.getValue().asString(""));
                        } else if (isAbsent(function.path(member.getKey()))) {
                            function.set(member.getKey(), member.getValue());
                        }
                    }
                    return;
                }
            }
            calls.add(piece);
        }
    }
}
