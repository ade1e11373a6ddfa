// SPDX-License-Identifier: Apache-2.0

package dev.assay.environment.taskset;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * Compares a task's arguments with the schema that its environment declares. Names are strict. Types are lenient: an environment turns
 * {@code "7"} into 7 and a JSON text into an object, so only what cannot be meant is refused.
 */
final class ArgumentCheck {

    private static final Pattern WHOLE = Pattern.compile("\\s*[-+]?\\d[\\d_]*(\\.0*)?\\s*");
    private static final Pattern NUMBER = Pattern.compile("\\s*[-+]?(\\d[\\d_]*\\.?\\d*|\\.\\d+)([eE][-+]?\\d+)?\\s*|\\s*[-+]?(?i:inf|infinity|nan)\\s*");
    private static final Set<String> TRUTHS =
            Set.of("true", "false", "t", "f", "yes", "no", "y", "n", "on", "off", "1", "0");

    private ArgumentCheck() {}

    /** What is wrong, a sentence for each fault. */
    static List<String> faults(String taskId, JsonNode schema, JsonNode args) {
        var faults = new ArrayList<String>();
        if (!schema.isObject()) {
            return faults;
        }
        var properties = schema.path("properties");
        var names = new TreeSet<>(properties.propertyNames());
        args.propertyStream().forEach(argument -> {
            var name = argument.getKey();
            if (properties.has(name)) {
                if (!fits(schema, properties.path(name), argument.getValue(), 0)) {
                    faults.add("argument '" + name + "' must be " + describe(schema, properties.path(name), 0));
                }
            } else if (schema.path("additionalProperties").isBoolean() && !schema.path("additionalProperties").booleanValue()) {
                faults.add("task '" + taskId + "' has no argument '" + name + "': it takes "
                        + (names.isEmpty() ? "none" : String.join(", ", names)));
            }
        });
        for (var required : schema.path("required")) {
            if (required.isString() && !args.has(required.stringValue())) {
                faults.add("argument '" + required.stringValue() + "' is missing");
            }
        }
        return faults;
    }

    private static boolean fits(JsonNode root, JsonNode declared, JsonNode value, int depth) {
        var schema = resolve(root, declared);
        if (depth > 8 || !schema.isObject()) {
            return true;
        }
        for (var choice : List.of("anyOf", "oneOf")) {
            if (schema.path(choice).isArray()) {
                return schema.path(choice).valueStream().anyMatch(one -> fits(root, one, value, depth + 1));
            }
        }
        if (schema.path("enum").isArray()) {
            return schema.path("enum").valueStream().anyMatch(one -> same(one, value));
        }
        if (schema.has("const")) {
            return same(schema.path("const"), value);
        }
        var type = schema.path("type");
        if (type.isArray()) {
            return type.valueStream().anyMatch(one -> fitsType(one.asString(""), value));
        }
        return !type.isString() || fitsType(type.stringValue(), value);
    }

    private static boolean fitsType(String type, JsonNode value) {
        var text = value.isString() ? value.stringValue() : null;
        return switch (type) {
            case "string" -> value.isString() || value.isNumber() || value.isBoolean();
            case "integer" ->
                text == null ? value.isBoolean() || isWhole(value) : WHOLE.matcher(text).matches();
            case "number" -> text == null ? value.isBoolean() || value.isNumber() : NUMBER.matcher(text).matches();
            case "boolean" -> text == null ? value.isBoolean() || value.isNumber() : TRUTHS.contains(text.strip().toLowerCase(Locale.ROOT));
            case "null" -> value.isNull();
            case "object" -> value.isObject() || text != null;
            case "array" -> value.isArray() || text != null;
            // A type that we have not heard of is the environment's business.
            case String _ -> true;
        };
    }

    /** A number beyond every machine type is as whole as Python finds it: one without a fraction is, one with an exponent is infinite there. */
    private static boolean isWhole(JsonNode value) {
        return value.isIntegralNumber() || value.isNumber() && value.doubleValue() == Math.rint(value.doubleValue());
    }

    private static boolean same(JsonNode declared, JsonNode value) {
        return declared.equals(value)
                || (isFinite(declared) && isFinite(value) && declared.decimalValue().compareTo(value.decimalValue()) == 0)
                || (value.isString() && !declared.isContainer() && declared.asString().equals(value.stringValue()));
    }

    private static boolean isFinite(JsonNode value) {
        return value.isIntegralNumber() || value.isNumber() && Double.isFinite(value.doubleValue());
    }

    private static JsonNode resolve(JsonNode root, JsonNode schema) {
        var reference = schema.path("$ref").asString("");
        return reference.startsWith("#/$defs/") ? root.path("$defs").path(reference.substring("#/$defs/".length())) : schema;
    }

    private static String describe(JsonNode root, JsonNode declared, int depth) {
        var schema = resolve(root, declared);
        var choices = schema.path("anyOf").isArray() ? schema.path("anyOf") : schema.path("oneOf");
        if (choices.isArray() && depth < 8) {
            return String.join(" or ", choices.valueStream().map(one -> describe(root, one, depth + 1)).toList());
        }
        if (schema.path("enum").isArray()) {
            return "one of " + schema.path("enum");
        }
        if (schema.has("const")) {
            return schema.path("const").toString();
        }
        return schema.path("type").isString() ? "of type " + schema.path("type").stringValue() : "of another type";
    }
}
