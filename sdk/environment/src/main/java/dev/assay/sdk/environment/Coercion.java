// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.environment;

import dev.assay.sdk.protocol.Json;
import java.lang.reflect.Type;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

/** Makes Java values of JSON as leniently as clients expect: {@code "7"} is a number, and so is {@code 7.0} where a whole one is due. */
final class Coercion {

    private static final JsonMapper MAPPER = Json.MAPPER
            .rebuild()
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .withCoercionConfigDefaults(config -> config.setCoercion(CoercionInputShape.EmptyString, CoercionAction.Fail))
            .build();

    private static final Set<Type> WHOLE = Set.of(int.class, long.class, short.class, byte.class, Integer.class, Long.class);

    private Coercion() {}

    /** The value itself, else, if it is text that holds JSON, what that says. */
    static @Nullable Object coerce(JsonNode value, Type type) throws JacksonException {
        try {
            return convert(value, type);
        } catch (JacksonException refused) {
            if (!value.isString()) {
                throw refused;
            }
            var parsed = parsed(value.stringValue(), type);
            if (parsed == null) {
                throw refused;
            }
            return parsed;
        }
    }

    private static @Nullable Object parsed(String text, Type type) {
        try {
            return convert(Json.MAPPER.readTree(text), type);
        } catch (JacksonException _) {
            return null;
        }
    }

    static @Nullable Object convert(JsonNode value, Type type) throws JacksonException {
        boolean whole = WHOLE.contains(type) && value.isFloatingPointNumber() && value.canConvertToExactIntegral();
        var exact = whole ? JsonNodeFactory.instance.numberNode(value.decimalValue().toBigIntegerExact()) : value;
        return MAPPER.treeToValue(exact, MAPPER.constructType(type));
    }
}
