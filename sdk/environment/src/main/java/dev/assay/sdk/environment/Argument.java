// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.environment;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.assay.sdk.protocol.Json;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * One component of a record, as it appears in JSON.
 *
 * @param fallback its value when it is absent; null: it must be given
 */
record Argument(String name, Type type, boolean nullable, @Nullable JsonNode fallback) {

    /** Of a template's arguments. */
    static List<Argument> of(Class<?> record) {
        return Arrays.stream(record.getRecordComponents()).map(component -> of(component, component.getAnnotation(Default.class))).toList();
    }

    /** Of a record inside one: it is read without {@link Default}. */
    static List<Argument> nested(Class<?> record) {
        return Arrays.stream(record.getRecordComponents()).map(component -> of(component, null)).toList();
    }

    private static Argument of(RecordComponent component, @Nullable Default declared) {
        var renamed = component.getAccessor().getAnnotation(JsonProperty.class);
        var name = renamed == null || renamed.value().isEmpty() ? component.getName() : renamed.value();
        boolean nullable = component.getAnnotatedType().isAnnotationPresent(Nullable.class);
        var fallback = declared != null ? json(declared.value()) : nullable ? JsonNodeFactory.instance.nullNode() : null;
        return new Argument(name, component.getGenericType(), nullable, fallback);
    }

    private static JsonNode json(String text) {
        try {
            return Json.MAPPER.readTree(text);
        } catch (JacksonException _) {
            return JsonNodeFactory.instance.stringNode(text);
        }
    }

    Class<?> rawType() {
        return Json.MAPPER.constructType(type).getRawClass();
    }

    /** {@code retry_count} and {@code retryCount} both read Retry Count. */
    String title() {
        return Arrays.stream(name.replaceAll("(?<=[a-z0-9])(?=[A-Z])", "_").split("_"))
                .filter(word -> !word.isEmpty())
                .map(word -> Character.toUpperCase(word.charAt(0)) + word.substring(1))
                .collect(Collectors.joining(" "));
    }
}
