// SPDX-License-Identifier: Apache-2.0

package dev.assay.environment.taskset;

import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Cuts JSON into the texts of its parts. Whoever gets a part back must get it as it came, and no tree keeps all of that: {@code -0.0},
 * {@code 1e2} and numbers beyond every machine type come out of one changed, and a client that compares finds a difference for ever.
 */
final class RawJson {

    private static final int LONGEST_NUMBER = 20_000;

    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNumberLength(LONGEST_NUMBER)
                            .maxStringLength(Integer.MAX_VALUE)
                            .build())
                    .enable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                    .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
                    .build())
            .build();

    private RawJson() {}

    /** The members of an object, each as text; the last of a name counts. Empty if the text is no object. */
    static SequencedMap<String, String> members(String text) {
        var members = new LinkedHashMap<String, String>();
        try (var parser = JSON.createParser(text)) {
            if (parser.nextToken() == JsonToken.START_OBJECT) {
                while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                    var name = parser.currentName();
                    parser.nextToken();
                    members.put(name, value(parser, text));
                }
            }
        }
        return members;
    }

    /**
     * The members of an object, each as text, without those of the list of that name: they are handed on one by one, and the empty text
     * stands for them. A second list of the name is a member like others.
     *
     * @return null if the text is no object
     */
    static @Nullable SequencedMap<String, String> members(String text, String list, Consumer<String> element) {
        var members = new LinkedHashMap<String, String>();
        try (var parser = JSON.createParser(text)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return null;
            }
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                var name = parser.currentName();
                if (parser.nextToken() == JsonToken.START_ARRAY && name.equals(list) && !members.containsKey(list)) {
                    while (parser.nextToken() != JsonToken.END_ARRAY) {
                        element.accept(value(parser, text));
                    }
                    members.put(name, "");
                } else {
                    members.put(name, value(parser, text));
                }
            }
            if (parser.nextToken() != null) {
                throw new StreamReadException(parser, "something follows the object", parser.currentTokenLocation());
            }
        }
        return members;
    }

    /** For looking at, never for giving back. */
    static JsonNode tree(String text) {
        return JSON.readTree(text);
    }

    /** Where something stands that JSON has no word for (NaN, Infinity), as a path into the text; empty if nothing does. */
    static Optional<String> noNumber(String text) {
        try (var parser = JSON.createParser(text)) {
            for (var token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (token == JsonToken.VALUE_NUMBER_FLOAT && Character.isLetter(parser.getString().charAt(parser.getString().length() - 1))) {
                    return Optional.of(parser.streamReadContext().pathAsPointer().toString().substring(1).replace('/', '.'));
                }
            }
            return Optional.empty();
        }
    }

    /** A string as JSON. */
    static String quote(String text) {
        return JSON.writeValueAsString(text);
    }

    private static String value(JsonParser parser, String text) {
        int start = (int) parser.currentTokenLocation().getCharOffset();
        parser.skipChildren();
        if (parser.currentToken() == JsonToken.VALUE_STRING) {
            // Strings are read when they are asked for, and only then does the parser stand behind them.
            parser.getString();
        }
        return text.substring(start, (int) parser.currentLocation().getCharOffset());
    }
}
