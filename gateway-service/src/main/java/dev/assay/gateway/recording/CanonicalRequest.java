// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.recording;

import dev.assay.gateway.dialect.Dialect;
import dev.assay.gateway.dialect.ModelJson;
import dev.assay.gateway.dialect.Operation;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A call as far as it asks something: two that ask the same are equal here, whatever else in them changes from run to run. Members are
 * sorted and numbers have one spelling; who asks, and what for, is left out, and so are secrets.
 *
 * @param model as the call names it
 * @param streamed whether the answer is wanted as a stream
 * @param request the rest of it
 */
record CanonicalRequest(Dialect dialect, Operation operation, String model, boolean streamed, JsonNode request) {

    /** They say who asks, how the answer is told or what is kept of it: no model reads them. */
    private static final Set<String> LEFT_OUT = Set.of(
            "model", "stream", "stream_options", "prompt_cache_key", "prompt_cache_retention", "user", "safety_identifier", "metadata",
            "client_metadata", "store");

    /** The lists of what was said. */
    private static final List<String> TURNS = List.of("messages", "input", "contents");

    /** Ids that models and servers make up: only which of them are the same counts. */
    private static final Set<String> IDS =
            Set.of("id", "tool_call_id", "tool_use_id", "call_id", "item_id", "approval_request_id", "container_id");

    /** What only its maker can read, and makes anew each time. */
    private static final Set<String> SEALS =
            Set.of("signature", "encrypted_content", "thoughtSignature", "thought_signature", "reasoning_opaque");

    /** What tools are given and say: ids in there are somebody else's, and count. */
    private static final Set<String> OF_TOOLS = Set.of("arguments", "args", "output", "response", "action", "operation");

    private static final int LONG_TEXT = 8 * 1024;

    /**
     * What has to be known to compare requests.
     *
     * @param own what the platform itself calls the run, with what is written instead
     * @param previous the key of the request that a kept response answers, by its id
     */
    record Reading(Secrets secrets, Ignored ignored, Map<String, String> own, UnaryOperator<String> previous) {

        String text(String text) {
            var rest = secrets.without(text);
            for (var name : own.entrySet()) {
                rest = rest.replace(name.getKey(), name.getValue());
            }
            return shortened(ignored.without(rest));
        }

        /** Pictures and documents: that they are the same can be seen by their hash. */
        private static String shortened(String text) {
            return text.length() > LONG_TEXT && text.chars().allMatch(Reading::isBase64)
                    ? "«%d characters, sha256 %s»".formatted(text.length(), sha256(text))
                    : text;
        }

        private static boolean isBase64(int character) {
            return character < 128 && (Character.isLetterOrDigit(character) || "+/=-_:;,.".indexOf(character) >= 0);
        }
    }

    static CanonicalRequest of(Dialect dialect, Operation operation, String model, boolean streamed, ObjectNode body, Reading reading) {
        return new CanonicalRequest(dialect, operation, model, streamed, new Walk(reading).top(body));
    }

    /** What calls that ask the same have in common. */
    String key() {
        return key(streamed);
    }

    /** The same, were its answer wanted in the other form. */
    String otherKey() {
        return key(!streamed);
    }

    private String key(boolean streamed) {
        var all = new LinkedHashMap<String, Object>();
        all.put("dialect", word(dialect));
        all.put("operation", word(operation));
        all.put("model", model);
        all.put("streamed", streamed);
        all.put("request", request);
        return sha256(ModelJson.MAPPER.writeValueAsString(all));
    }

    /** One word for each turn, by which conversations are compared from their beginning on. */
    String turns() {
        var turns = new StringBuilder();
        for (var name : TURNS) {
            for (var turn : request.path(name)) {
                turns.append(sha256(ModelJson.MAPPER.writeValueAsString(turn)), 0, 8);
            }
        }
        return turns.toString();
    }

    static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    static String sha256(String text) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** Walks a body in one order always, so that ids get their numbers in that order. */
    private static final class Walk {

        private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

        private final Reading reading;
        private final Map<String, String> numbers = new HashMap<>();

        Walk(Reading reading) {
            this.reading = reading;
        }

        ObjectNode top(ObjectNode body) {
            var copy = NODES.objectNode();
            sorted(body).forEach((name, value) -> {
                if (name.equals("previous_response_id") && value.isString()) {
                    copy.put(name, reading.previous().apply(value.stringValue()));
                } else if (!LEFT_OUT.contains(name)) {
                    copy.set(name, node(value, TURNS.contains(name)));
                }
            });
            return copy;
        }

        /** @param said whether it is part of what was said, and has ids of models */
        private JsonNode node(JsonNode node, boolean said) {
            return switch (node) {
                case ObjectNode object -> object(object, said);
                case ArrayNode array -> {
                    var copy = NODES.arrayNode();
                    array.forEach(element -> copy.add(node(element, said)));
                    yield copy;
                }
                default -> node.isString() ? NODES.stringNode(reading.text(node.stringValue())) : number(node);
            };
        }

        private ObjectNode object(ObjectNode object, boolean said) {
            var copy = NODES.objectNode();
            var isCompaction = object.path("type").asString("").equals("compaction"); // which says nothing else
            var isToolUse = object.path("type").asString("").endsWith("tool_use");
            sorted(object).forEach((name, value) -> {
                if (said && name.equals("id") && value.isString() && isReference(object)) {
                    copy.put(name, reading.text(value.stringValue())); // it says what is said: a replayed answer gave it the same one
                } else if (said && IDS.contains(name) && value.isString()) {
                    copy.put(name, numbers.computeIfAbsent(value.stringValue(), id -> "«id " + (numbers.size() + 1) + "»"));
                } else if (said && SEALS.contains(name) && value.isString()) {
                    copy.put(name, isCompaction ? "«seal, sha256 %s»".formatted(sha256(value.stringValue())) : "«seal»");
                } else if (said && name.equals("data") && object.path("type").asString("").equals("redacted_thinking")) {
                    copy.put(name, "«seal»");
                } else {
                    var isSaid = said && !OF_TOOLS.contains(name) && !(isToolUse && name.equals("input"));
                    copy.set(reading.secrets().without(name), node(value, isSaid));
                }
            });
            return copy;
        }

        private static boolean isReference(ObjectNode item) {
            return item.path("type").asString("").equals("item_reference") || item.size() == 1;
        }

        private static Map<String, JsonNode> sorted(ObjectNode object) {
            var sorted = new TreeMap<String, JsonNode>();
            object.properties().forEach(member -> sorted.put(member.getKey(), member.getValue()));
            return sorted;
        }

        /** 1, 1.0 and 1e0 are one number. */
        private static JsonNode number(JsonNode node) {
            if (!node.isBigDecimal()) {
                return node;
            }
            BigDecimal plain;
            try {
                plain = node.decimalValue().stripTrailingZeros();
            } catch (ArithmeticException e) {
                return node; // its exponent is the largest that there is
            }
            var digits = plain.precision() - (long) plain.scale();
            if (plain.scale() > 0 || digits > 18) {
                return NODES.numberNode(plain);
            }
            return digits <= 9 ? NODES.numberNode(plain.intValueExact()) : NODES.numberNode(plain.longValueExact()); // as they are read

        }
    }
}
