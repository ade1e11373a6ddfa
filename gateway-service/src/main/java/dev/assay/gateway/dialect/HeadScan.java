// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.dialect;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.exc.StreamConstraintsException;

/**
 * Walks once over the body of a call, token by token: what it asks for, where that stands, and whether it is a call at all. Nothing is
 * built of what is only passed on. A member that is looked at may stand there once: of two, who looks here and who looks there could each
 * take another. What is deeper down, and what is not looked at, is for the upstream to judge.
 */
final class HeadScan {

    private static final byte[] NOTHING = {};
    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

    private final Route route;
    private final Body body;
    private final JsonParser in;
    private final Set<String> seen = new HashSet<>();
    private final Map<String, String> faults = new LinkedHashMap<>();
    private final MessagesRepairs ofMessages;

    private @Nullable String model;
    private int modelFrom = -1;
    private int modelTo = -1;
    private boolean streamed;
    private long maxTokens = -1;
    private long maxCompletionTokens = -1;
    private long answers = 1;
    private boolean capturesTokens;
    private @Nullable String continues;
    private boolean keeps = true;
    private int optionsFrom = -1;
    private int optionsTo = -1;
    private boolean usageAsked;
    private @Nullable String serviceTier;

    private HeadScan(Route route, Body body, JsonParser in) {
        this.route = route;
        this.body = body;
        this.in = in;
        this.streamed = route.streamed();
        this.ofMessages = new MessagesRepairs(body, in);
    }

    /** @throws ModelErrorException 400: the message names the member and says what is wrong with it */
    static CallHead of(Route route, Body body) {
        try (var in = ModelJson.MAPPER.createParser(body.bytes(), 0, body.length())) {
            var scan = new HeadScan(route, body, in);
            scan.walk();
            return scan.head();
        } catch (StreamConstraintsException e) {
            throw bad("body", "nested too deeply, or holds a number or a name that is too long");
        } catch (JacksonException e) {
            var at = e.getLocation();
            throw bad("body", "not valid JSON" + (at == null ? "" : " at line " + at.getLineNr() + ", column " + at.getColumnNr()));
        }
    }

    private void walk() {
        var first = in.nextToken();
        if (first == null) {
            throw bad("body", "not valid JSON: it is empty");
        }
        if (first != JsonToken.START_OBJECT) {
            in.skipChildren();
            in.finishToken();
            throw bad("body", "must be a JSON object");
        }
        if (in.currentTokenLocation().getByteOffset() < 0) {
            throw bad("body", "must be UTF-8");
        }
        while (in.nextToken() == JsonToken.PROPERTY_NAME) {
            var from = begin();
            var name = in.currentName();
            in.nextToken();
            member(name, from);
        }
        if (in.nextToken() != null) {
            throw bad("body", "goes on behind the object");
        }
    }

    private void member(String name, int from) {
        switch (name) {
            case "model" -> {
                if (once(name) && route.model() == null) {
                    model();
                }
            }
            case "stream" -> {
                if (once(name) && route.model() == null) {
                    streamed = flag(name, false) && route.operation() == Operation.GENERATE; // nothing else is told in pieces
                }
            }
            case "messages" -> {
                if (once(name) && (route.dialect() == Dialect.CHAT || route.dialect() == Dialect.MESSAGES)) {
                    messages(name);
                }
            }
            case "input" -> {
                if (once(name)) {
                    input();
                }
            }
            case "contents" -> {
                if (once(name) && route.dialect() == Dialect.GEMINI && route.operation() == Operation.GENERATE) {
                    contents();
                }
            }
            case "max_completion_tokens" -> maxCompletionTokens = once(name) ? number() : -1;
            case "max_tokens", "max_output_tokens" -> maxTokens = once(name) ? number() : -1;
            case "n" -> answers = once(name) ? Math.max(1, number()) : 1;
            case "return_token_ids" -> capturesTokens = once(name) && in.currentToken() == JsonToken.VALUE_TRUE;
            case "stream_options" -> {
                if (once(name) && route.dialect() == Dialect.CHAT) {
                    options();
                }
            }
            case "previous_response_id" -> {
                if (once(name) && route.dialect() == Dialect.RESPONSES) {
                    continues = textOrNull(name);
                }
            }
            case "background" -> {
                if (once(name) && route.dialect() == Dialect.RESPONSES && flag(name, false)) {
                    fault(name, "responses are not made in the background here");
                }
            }
            case "store" -> {
                if (once(name) && route.dialect() == Dialect.RESPONSES) {
                    keeps = flag(name, true);
                }
            }
            case "service_tier" -> {
                if (once(name)) {
                    serviceTier(route.dialect() != Dialect.MESSAGES); // whose own words ask for no other price
                }
            }
            case "serviceTier" -> serviceTier(route.dialect() == Dialect.GEMINI && once(name));
            case "generationConfig", "generation_config" -> {
                if (once(name) && route.dialect() == Dialect.GEMINI) {
                    generationConfig();
                }
            }
            case "thread" -> {
                if (once(name) && route.dialect() == Dialect.MESSAGES && in.currentToken() != JsonToken.VALUE_NULL) {
                    throw new ModelErrorException(ModelError.noThreads());
                }
            }
            case "tools", "tool_choice", "system" -> {
                if (once(name) && route.dialect() == Dialect.MESSAGES) {
                    ofMessages.member(name, from);
                }
            }
            default -> {}
        }
        // Whoever has looked into a value has gone to its end, where there is nothing to be skipped.
        in.skipChildren();
    }

    private void serviceTier(boolean counts) {
        if (counts && in.currentToken() == JsonToken.VALUE_STRING) {
            serviceTier = in.getString();
        }
    }

    private void model() {
        modelFrom = begin();
        model = in.currentToken() == JsonToken.VALUE_STRING ? in.getString() : null;
        in.skipChildren();
        modelTo = end();
        if (model == null || model.isBlank()) {
            fault("model", "required, a string");
        }
    }

    /** Each is an object with a role; of Anthropic's the marks are found. */
    private void messages(String name) {
        if (in.currentToken() != JsonToken.START_ARRAY) {
            fault(name, "required, a list of at least one message");
            return;
        }
        var any = false;
        while (in.nextToken() != JsonToken.END_ARRAY) {
            any = true;
            if (in.currentToken() != JsonToken.START_OBJECT || !message()) {
                fault(name, "every message must be an object with a role");
                in.skipChildren();
            }
        }
        if (!any) {
            fault(name, "required, a list of at least one message");
        }
    }

    private boolean message() {
        var role = false;
        while (in.nextToken() == JsonToken.PROPERTY_NAME) {
            var name = in.currentName();
            var value = in.nextToken();
            if (name.equals("role")) {
                role = value == JsonToken.VALUE_STRING;
            } else if (name.equals("content") && route.dialect() == Dialect.MESSAGES) {
                ofMessages.blocks(MessagesRepairs.IN_A_MESSAGE);
            }
            in.skipChildren();
        }
        return role;
    }

    private void input() {
        var responses = route.dialect() == Dialect.RESPONSES;
        var token = in.currentToken();
        if (token == JsonToken.START_ARRAY && responses) {
            while (in.nextToken() != JsonToken.END_ARRAY) {
                if (in.currentToken() != JsonToken.START_OBJECT) {
                    fault("input", "every item must be an object");
                }
                in.skipChildren();
            }
        } else if (token == JsonToken.START_OBJECT
                || token != JsonToken.START_ARRAY && token != JsonToken.VALUE_STRING && !(responses && token == JsonToken.VALUE_NULL)) {
            fault("input", responses ? "must be a text or a list of items" : "required, a text or a list");
        }
    }

    private void contents() {
        if (in.currentToken() == JsonToken.START_OBJECT) {
            return; // Google takes one for a list of one
        }
        var empty = in.currentToken() != JsonToken.START_ARRAY || in.nextToken() == JsonToken.END_ARRAY;
        if (empty) {
            fault("contents", "required, a list of at least one content");
            return;
        }
        for (; in.currentToken() != JsonToken.END_ARRAY; in.nextToken()) {
            if (in.currentToken() != JsonToken.START_OBJECT) {
                fault("contents", "every content must be an object");
            }
            in.skipChildren();
        }
    }

    private void options() {
        optionsFrom = begin();
        if (in.currentToken() == JsonToken.START_OBJECT) {
            while (in.nextToken() == JsonToken.PROPERTY_NAME) {
                var usage = in.currentName().equals("include_usage");
                var value = in.nextToken();
                usageAsked = usage ? value == JsonToken.VALUE_TRUE : usageAsked;
                in.skipChildren();
            }
        } else if (in.currentToken() != JsonToken.VALUE_NULL) {
            fault("stream_options", "must be an object");
            in.skipChildren();
        }
        optionsTo = end();
    }

    private void generationConfig() {
        if (in.currentToken() != JsonToken.START_OBJECT) {
            return;
        }
        while (in.nextToken() == JsonToken.PROPERTY_NAME) {
            var name = in.currentName();
            in.nextToken();
            switch (name) {
                case "maxOutputTokens", "max_output_tokens" -> maxTokens = number();
                case "candidateCount", "candidate_count" -> answers = Math.max(1, number());
                default -> {}
            }
            in.skipChildren();
        }
    }

    private CallHead head() {
        require();
        var limit = maxCompletionTokens >= 0 ? maxCompletionTokens : maxTokens;
        return new CallHead(
                route.model() != null ? route.model() : String.valueOf(model),
                modelFrom,
                modelTo,
                streamed,
                limit < 0 ? -1 : limit * Math.min(answers, Integer.MAX_VALUE),
                capturesTokens,
                continues,
                keeps,
                optionsFrom,
                optionsTo,
                usageAsked,
                repairs(),
                (int) Math.min(answers, Integer.MAX_VALUE),
                serviceTier);
    }

    /** Says what is wrong, the model first: most that is sent here by mistake has none. */
    private void require() {
        if (route.model() == null && !seen.contains("model")) {
            faults.put("model", "required, a string");
        }
        var needed = switch (route.dialect()) {
            case CHAT -> route.operation() == Operation.EMBED ? "input" : "messages";
            case MESSAGES -> "messages";
            case GEMINI -> route.operation() == Operation.GENERATE ? "contents" : null;
            case RESPONSES -> null; // a conversation may go on by itself
        };
        if (needed != null && !seen.contains(needed)) {
            faults.put(needed, switch (needed) {
                case "messages" -> "required, a list of at least one message";
                case "contents" -> "required, a list of at least one content";
                default -> "required, a text or a list";
            });
        }
        var first = faults.containsKey("model") ? "model" : faults.keySet().stream().findFirst().orElse(null);
        if (first != null) {
            throw bad(first, String.valueOf(faults.get(first)));
        }
    }

    private List<Body.Splice> repairs() {
        var repairs = new ArrayList<>(ofMessages.splices());
        var bytes = body.bytes();
        if (body.length() > 3 && bytes[0] == BYTE_ORDER_MARK[0] && bytes[1] == BYTE_ORDER_MARK[1] && bytes[2] == BYTE_ORDER_MARK[2]) {
            repairs.add(new Body.Splice(0, 3, NOTHING));
        }
        repairs.sort(Comparator.comparingInt(Body.Splice::from));
        return List.copyOf(repairs);
    }

    private boolean once(String name) {
        if (!seen.add(name)) {
            throw bad(name, "stands there twice");
        }
        return true;
    }

    private boolean flag(String name, boolean otherwise) {
        return switch (in.currentToken()) {
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> otherwise;
            default -> {
                fault(name, "must be true or false");
                yield otherwise;
            }
        };
    }

    private @Nullable String textOrNull(String name) {
        if (in.currentToken() == JsonToken.VALUE_STRING) {
            return in.getString();
        }
        if (in.currentToken() != JsonToken.VALUE_NULL) {
            fault(name, "must be a string");
        }
        return null;
    }

    /** Whole and not below zero, at most what an int holds; -1: it is no such number, which is the upstream's to refuse. */
    private long number() {
        return in.currentToken() == JsonToken.VALUE_NUMBER_INT
                ? in.getBigIntegerValue().max(BigInteger.ONE.negate()).min(BigInteger.valueOf(Integer.MAX_VALUE)).longValue()
                : -1;
    }

    private int begin() {
        return begin(in);
    }

    private int end() {
        return end(in);
    }

    /** The first byte of a parser's token. */
    static int begin(JsonParser in) {
        return (int) in.currentTokenLocation().getByteOffset();
    }

    /** The first byte behind it. */
    static int end(JsonParser in) {
        in.finishToken();
        return (int) in.currentLocation().getByteOffset();
    }

    private void fault(String member, String reason) {
        faults.putIfAbsent(member, reason);
    }

    private static ModelErrorException bad(String member, String reason) {
        return new ModelErrorException(ModelError.badRequest(member, reason));
    }
}
