// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.environment;

import dev.assay.sdk.protocol.Json;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The JSON schema of Java types: members in the order in which clients are used to see them. */
final class Schema {

    private static final Set<Class<?>> WHOLE = Set.of(
            int.class, long.class, short.class, byte.class, Integer.class, Long.class, Short.class, Byte.class, BigInteger.class);
    private static final Set<Class<?>> REAL = Set.of(double.class, float.class, Double.class, Float.class, BigDecimal.class, Number.class);

    private final Map<String, ObjectNode> definitions = new LinkedHashMap<>();
    private final Map<Class<?>, String> names = new HashMap<>();

    private Schema() {}

    /** Of a template's arguments: an object without a name of its own. A type that is no record takes whatever it is given. */
    static ObjectNode ofArguments(Class<?> type) {
        var schema = new Schema();
        var object = type.isRecord() ? schema.members(Argument.of(type)) : Json.object().<ObjectNode>set("properties", Json.object());
        object.put("type", "object").put("additionalProperties", !type.isRecord());
        return schema.withDefinitions(object);
    }

    /** Of an answer. */
    static ObjectNode ofType(Class<?> type) {
        var schema = new Schema();
        return schema.withDefinitions(type.isRecord() ? schema.object(type) : schema.of(type));
    }

    private ObjectNode withDefinitions(ObjectNode root) {
        if (definitions.isEmpty()) {
            return root;
        }
        var defs = Json.object();
        definitions.forEach(defs::set);
        return Json.object().<ObjectNode>set("$defs", defs).setAll(root);
    }

    private ObjectNode object(Class<?> record) {
        return members(Argument.nested(record)).put("title", record.getSimpleName()).put("type", "object");
    }

    private ObjectNode members(List<Argument> arguments) {
        var properties = Json.object();
        var required = Json.array();
        for (var argument : arguments) {
            properties.set(argument.name(), property(argument));
            if (argument.fallback() == null) {
                required.add(argument.name());
            }
        }
        var members = Json.object().<ObjectNode>set("properties", properties);
        return required.isEmpty() ? members : members.set("required", required);
    }

    private ObjectNode property(Argument argument) {
        var schema = of(argument.type());
        boolean reference = schema.has("$ref");
        if (argument.nullable()) {
            schema = Json.object().set("anyOf", Json.array().add(schema).add(Json.object().put("type", "null")));
        }
        if (argument.fallback() != null) {
            schema.set("default", argument.fallback());
        }
        if (!reference || argument.nullable()) {
            schema.put("title", argument.title());
        }
        var sorted = new TreeMap<String, JsonNode>();
        schema.properties().forEach(member -> sorted.put(member.getKey(), member.getValue()));
        return Json.object().setAll(sorted);
    }

    private ObjectNode of(Type type) {
        return switch (type) {
            case Class<?> plain -> of(plain);
            case GenericArrayType array -> array(array.getGenericComponentType());
            case ParameterizedType generic when generic.getRawType() instanceof Class<?> raw && Map.class.isAssignableFrom(raw) ->
                Json.object().<ObjectNode>set("additionalProperties", of(generic.getActualTypeArguments()[1])).put("type", "object");
            case ParameterizedType generic when generic.getRawType() instanceof Class<?> raw && Collection.class.isAssignableFrom(raw) -> {
                var array = array(generic.getActualTypeArguments()[0]);
                yield Set.class.isAssignableFrom(raw) ? array.put("uniqueItems", true) : array;
            }
            default -> Json.object();
        };
    }

    private ObjectNode of(Class<?> type) {
        if (WHOLE.contains(type)) {
            return Json.object().put("type", "integer");
        }
        if (REAL.contains(type)) {
            return Json.object().put("type", "number");
        }
        if (type == boolean.class || type == Boolean.class) {
            return Json.object().put("type", "boolean");
        }
        if (CharSequence.class.isAssignableFrom(type)) {
            return Json.object().put("type", "string");
        }
        if (type.isEnum()) {
            var names = Arrays.stream(type.getEnumConstants()).map(constant -> ((Enum<?>) constant).name()).toList();
            return Json.object().<ObjectNode>set("enum", Json.tree(names)).put("type", "string");
        }
        if (type.isArray()) {
            return array(type.getComponentType());
        }
        return type.isRecord() ? reference(type) : Json.object();
    }

    private ObjectNode array(Type items) {
        return Json.object().<ObjectNode>set("items", of(items)).put("type", "array");
    }

    private ObjectNode reference(Class<?> record) {
        var name = names.get(record);
        if (name == null) {
            // two records of different classes may bear the same name
            name = names.containsValue(record.getSimpleName()) ? record.getName().replaceAll("[.$]", "__") : record.getSimpleName();
            names.put(record, name);
            // First a place: the record may contain itself.
            definitions.put(name, Json.object());
            definitions.put(name, object(record));
        }
        return Json.object().put("$ref", "#/$defs/" + name);
    }
}
