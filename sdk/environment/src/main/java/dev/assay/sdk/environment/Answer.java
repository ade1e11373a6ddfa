// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.environment;

import dev.assay.sdk.protocol.Json;
import dev.assay.sdk.protocol.PythonText;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * What the agent said.
 *
 * @param json the answer as it came; null JSON if there was none
 * @param content the answer as the declared type; null if it is none, so that the template can grade the failure
 */
public record Answer<T>(JsonNode json, @Nullable T content) {

    /** The answer as text: itself if it is text, else as Python would print it, {@code None} for none. */
    public String text() {
        return PythonText.str(json);
    }

    /**
     * Text is read as JSON first, so that {@code 5} answers a template that wants a number; other text stands for itself, and where text is
     * wanted, so does all text that is no JSON text. Where a type is declared, no answer at all reads as an empty one.
     */
    static <T> Answer<T> of(ObjectNode payload, Class<T> type) {
        if (type == JsonNode.class) {
            var json = payload.has("answer") ? payload.get("answer") : JsonNodeFactory.instance.nullNode();
            return new Answer<>(json, type.cast(json));
        }
        var json = payload.has("answer") ? payload.get("answer") : JsonNodeFactory.instance.stringNode("");
        var parsed = json.isString() ? read(json.stringValue(), type) : convert(json, type);
        return new Answer<>(json, parsed != null || !json.isString() ? parsed : convert(json, type));
    }

    private static <T> @Nullable T read(String text, Class<T> type) {
        try {
            return convert(Json.MAPPER.readTree(text), type);
        } catch (JacksonException _) {
            return null;
        }
    }

    private static <T> @Nullable T convert(JsonNode json, Class<T> type) {
        try {
            return type.cast(Coercion.answer(json, type));
        } catch (JacksonException | ClassCastException _) {
            return null;
        }
    }
}
