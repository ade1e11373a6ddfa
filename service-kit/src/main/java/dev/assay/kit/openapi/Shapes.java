// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.openapi;

import io.swagger.v3.oas.models.media.JsonSchema;
import io.swagger.v3.oas.models.media.Schema;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Shapes in the words of OpenAPI 3.1. */
final class Shapes {

    private Shapes() {}

    /** The same, or null. */
    static Schema<?> orNull(Schema<?> shape) {
        if (shape.get$ref() != null) {
            return new JsonSchema().anyOf(List.of(new JsonSchema().$ref(shape.get$ref()), nothing())).description(shape.getDescription());
        }
        var types = types(shape);
        if (!types.isEmpty() && types.add("null")) {
            shape.setTypes(types);
            allowNull(shape);
        }
        return shape;
    }

    private static <T> void allowNull(Schema<T> shape) {
        if (shape.getEnum() != null) {
            var values = new ArrayList<T>(shape.getEnum());
            values.add(null);
            shape.setEnum(values);
        }
    }

    private static Schema<?> nothing() {
        var nothing = new JsonSchema();
        nothing.setTypes(Set.of("null"));
        return nothing;
    }

    /** No type is any shape, null included. */
    static Set<String> types(Schema<?> shape) {
        var types = new LinkedHashSet<String>();
        if (shape.getTypes() != null) {
            types.addAll(shape.getTypes());
        } else if (shape.getType() != null) {
            types.add(shape.getType());
        }
        return types;
    }

    static boolean mayBeNull(Schema<?> shape) {
        return types(shape).contains("null") || shape.getAnyOf() != null && shape.getAnyOf().stream().anyMatch(Shapes::mayBeNull);
    }
}
