// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.openapi;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.assay.contracts.Id;
import io.swagger.v3.core.converter.AnnotatedType;
import io.swagger.v3.core.converter.ModelConverter;
import io.swagger.v3.core.converter.ModelConverterContext;
import io.swagger.v3.oas.models.media.JsonSchema;
import io.swagger.v3.oas.models.media.ObjectSchema;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.media.StringSchema;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Describes the members of records as they are: required unless they may be null, and null where they may be. Ids are UUIDs; JSON of a shape that Java does
 * not know is an object, unless the member says what else it is. A member
 * that Java calls nullable only so that a request without it is refused in a sentence is marked required with
 * {@link io.swagger.v3.oas.annotations.media.Schema#requiredMode()}.
 */
public final class WireShapes implements ModelConverter {

    /** As the type that an annotation says: JSON of any shape, null included. */
    public static final String ANY = "any";

    private static final String SCHEMAS = "#/components/schemas/";
    private static final JsonMapper TYPES = JsonMapper.shared();

    @Override
    public @Nullable Schema<?> resolve(AnnotatedType type, ModelConverterContext context, Iterator<ModelConverter> chain) {
        var raw = raw(type.getType());
        if (Id.class.isAssignableFrom(raw)) {
            return new StringSchema().format("uuid");
        }
        if (JsonNode.class.isAssignableFrom(raw)) {
            return new ObjectSchema();
        }
        var schema = chain.hasNext() ? chain.next().resolve(type, context, chain) : null;
        if (schema != null && raw.isRecord()) {
            var own = schema.get$ref() == null ? schema : context.getDefinedModels().get(schema.get$ref().substring(SCHEMAS.length()));
            if (own != null && own.getProperties() != null) {
                describe(own, raw);
            }
        }
        return schema;
    }

    private static Class<?> raw(Type type) {
        return type instanceof com.fasterxml.jackson.databind.JavaType known
                ? known.getRawClass()
                : TYPES.constructType(type).getRawClass();
    }

    private static void describe(Schema<?> schema, Class<?> record) {
        var demanded = schema.getRequired() == null ? Set.<String>of() : Set.copyOf(schema.getRequired());
        var required = new LinkedHashSet<>(demanded);
        var leftOut = record.isAnnotationPresent(JsonInclude.class);
        for (var component : record.getRecordComponents()) {
            if (component.getAccessor().isAnnotationPresent(JsonUnwrapped.class)) {
                describe(schema, component.getType());
                required.addAll(schema.getRequired());
                continue;
            }
            var name = WireNames.of(component);
            var shape = schema.getProperties().get(name);
            if (shape == null) {
                continue;
            }
            typed(shape, component);
            if (!component.getAnnotatedType().isAnnotationPresent(Nullable.class)) {
                required.add(name);
            } else if (!demanded.contains(name) && !leftOut) {
                schema.getProperties().put(name, Shapes.orNull(shape));
            }
        }
        schema.setRequired(required.isEmpty() ? null : new ArrayList<>(required));
    }

    /** Raw JSON is a text to Java: the annotation says what it is on the wire, and is not heard for a text. */
    private static void typed(Schema<?> shape, RecordComponent component) {
        var told = component.getAccessor().getAnnotation(io.swagger.v3.oas.annotations.media.Schema.class);
        if (told != null && !told.type().isEmpty() && shape.get$ref() == null) {
            var any = told.type().equals(ANY);
            shape.setTypes(any ? null : new LinkedHashSet<>(Set.of(told.type())));
            shape.setType(any ? null : told.type());
            if (told.type().equals("array") && shape.getItems() == null) {
                shape.setItems(new JsonSchema());
            }
        }
    }
}
