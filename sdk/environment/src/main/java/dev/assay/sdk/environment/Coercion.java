// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.environment;

import dev.assay.sdk.protocol.Json;
import dev.assay.sdk.protocol.PythonText;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.cfg.EnumFeature;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.type.LogicalType;

/** Makes Java values of JSON as leniently as clients expect: {@code "7"} is a number, and so is {@code 7.0} where a whole one is due. */
final class Coercion {

    private static final JsonMapper MAPPER = Json.MAPPER
            .rebuild()
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            // as the schema lists them
            .disable(EnumFeature.READ_ENUMS_USING_TO_STRING)
            .withCoercionConfigDefaults(config -> config.setCoercion(CoercionInputShape.EmptyString, CoercionAction.Fail))
            .build();

    /** An argument may still be put into words, an answer of another kind is none. */
    private static final JsonMapper ANSWERS = MAPPER
            .rebuild()
            .withCoercionConfig(LogicalType.Textual, config -> Stream.of(
                            CoercionInputShape.Integer, CoercionInputShape.Float, CoercionInputShape.Boolean)
                    .forEach(shape -> config.setCoercion(shape, CoercionAction.Fail)))
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

    /** An answer as the declared type, without any leniency about text. */
    static @Nullable Object answer(JsonNode value, Type type) throws JacksonException {
        return convert(ANSWERS, value, type);
    }

    private static @Nullable Object convert(JsonNode value, Type type) throws JacksonException {
        return convert(MAPPER, value, type);
    }

    private static @Nullable Object convert(JsonMapper mapper, JsonNode value, Type type) throws JacksonException {
        boolean whole = WHOLE.contains(type) && value.isFloatingPointNumber() && value.canConvertToExactIntegral();
        var exact = whole ? JsonNodeFactory.instance.numberNode(value.decimalValue().toBigIntegerExact()) : value;
        requireMembers(exact, type);
        return mapper.treeToValue(exact, mapper.constructType(type));
    }

    /** The mapper alone would make null of what is missing inside. */
    private static void requireMembers(JsonNode value, Type type) {
        switch (type) {
            case Class<?> record when record.isRecord() && value.isObject() -> {
                for (var member : Argument.nested(record)) {
                    var given = value.path(member.name());
                    if (!given.isMissingNode() && !given.isNull()) {
                        requireMembers(given, member.type());
                    } else if (!member.nullable()) {
                        throw MismatchedInputException.from(null, record, "missing a required member: " + PythonText.repr(member.name()));
                    }
                }
            }
            case Class<?> array when array.isArray() && value.isArray() -> value.forEach(item -> requireMembers(item, array.getComponentType()));
            case GenericArrayType array when value.isArray() -> value.forEach(item -> requireMembers(item, array.getGenericComponentType()));
            case ParameterizedType generic when value.isArray() -> value.forEach(item -> requireMembers(item, generic.getActualTypeArguments()[0]));
            case ParameterizedType generic when value.isObject() && generic.getActualTypeArguments().length == 2 ->
                value.forEach(member -> requireMembers(member, generic.getActualTypeArguments()[1]));
            default -> {}
        }
    }
}
