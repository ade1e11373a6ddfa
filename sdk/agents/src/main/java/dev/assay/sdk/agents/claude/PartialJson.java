// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.claude;

import dev.assay.sdk.protocol.Json;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.exc.UnexpectedEndOfInputException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The arguments of a call as far as they came: what was cut off at the end is left out, what came whole stays. */
final class PartialJson {

    /** Literals that the end may have cut, which the reader would not know. */
    private static final Pattern CUT_LITERAL =
            Pattern.compile("(?<=[:,\\[\\s])(?:t|tr|tru|f|fa|fal|fals|n|nu|nul|-|-?\\d+\\.|-?\\d+(?:\\.\\d+)?[eE][-+]?)$");

    private static final Pattern COMMA = Pattern.compile(",\\s*$");

    private PartialJson() {}

    /** @throws JacksonException if it is not the beginning of an object or array */
    static JsonNode of(String text) throws JacksonException {
        try {
            return read(text);
        } catch (UnexpectedEndOfInputException impossible) {
            throw impossible;
        } catch (JacksonException e) {
            var whole = COMMA.matcher(CUT_LITERAL.matcher(text).replaceFirst("")).replaceFirst("");
            if (whole.length() == text.length()) {
                throw e;
            }
            return read(whole);
        }
    }

    private static JsonNode read(String text) throws JacksonException {
        try (var parser = Json.MAPPER.createParser(text)) {
            var first = parser.nextToken();
            if (first == JsonToken.START_OBJECT) {
                var object = Json.object();
                fill(parser, object);
                return object;
            }
            if (first == JsonToken.START_ARRAY) {
                var array = Json.array();
                fill(parser, array);
                return array;
            }
            throw new UnexpectedEndOfInputException(parser, first, "no object");
        }
    }

    /** @return whether its end came */
    private static boolean fill(JsonParser parser, ObjectNode object) {
        try {
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                var name = parser.currentName();
                parser.nextToken();
                var value = start(parser);
                object.set(name, value);
                if (!end(parser, value)) {
                    return false;
                }
            }
            return true;
        } catch (UnexpectedEndOfInputException e) {
            return false;
        }
    }

    private static boolean fill(JsonParser parser, ArrayNode array) {
        try {
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                var value = start(parser);
                array.add(value);
                if (!end(parser, value)) {
                    return false;
                }
            }
            return true;
        } catch (UnexpectedEndOfInputException e) {
            return false;
        }
    }

    private static JsonNode start(JsonParser parser) {
        return switch (parser.currentToken()) {
            case START_OBJECT -> Json.object();
            case START_ARRAY -> Json.array();
            case VALUE_STRING -> Json.tree(parser.getString());
            case VALUE_NUMBER_INT -> Json.tree(parser.getBigIntegerValue());
            case VALUE_NUMBER_FLOAT -> Json.tree(parser.getDoubleValue());
            case VALUE_TRUE, VALUE_FALSE -> Json.tree(parser.getBooleanValue());
            default -> Json.tree(null);
        };
    }

    private static boolean end(JsonParser parser, @Nullable JsonNode value) {
        return switch (value) {
            case ObjectNode object -> fill(parser, object);
            case ArrayNode array -> fill(parser, array);
            case null, default -> true;
        };
    }
}
