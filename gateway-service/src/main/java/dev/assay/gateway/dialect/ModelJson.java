// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.dialect;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.SerializableString;
import tools.jackson.core.io.CharacterEscapes;
import tools.jackson.core.io.SerializedString;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * JSON between model clients and providers, read and written by one rule, so that what goes through the gateway stays what it was: numbers
 * keep their digits, {@code NaN} is no text, half of a character is its escape.
 */
public final class ModelJson {

    public static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
                    .disable(JsonWriteFeature.WRITE_NAN_AS_STRINGS)
                    .characterEscapes(new HalfCharacters())
                    .build())
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    private ModelJson() {}

    /** They have no bytes in UTF-8: written as they are they would fail the whole. */
    private static final class HalfCharacters extends CharacterEscapes {

        private static final long serialVersionUID = 1;
        /** Asked for by each who writes; the library's own makes a copy each time. */
        private static final int[] OF_JSON = standardAsciiEscapesForJSON();

        @Override
        public int[] getEscapeCodesForAscii() {
            return OF_JSON;
        }

        @Override
        public @Nullable SerializableString getEscapeSequence(int character) {
            return character <= Character.MAX_VALUE && Character.isSurrogate((char) character)
                    ? new SerializedString("\\u%04x".formatted(character))
                    : null;
        }
    }
}
