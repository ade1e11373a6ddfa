// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.openapi;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.introspect.AnnotatedClass;
import com.fasterxml.jackson.databind.introspect.NopAnnotationIntrospector;
import com.fasterxml.jackson.databind.module.SimpleModule;
import java.lang.reflect.RecordComponent;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * Members are named in the document as on the wire. What makes the document knows Jackson 2 only, which does not see Jackson 3's
 * {@link JsonNaming}: without this it writes {@code traceId} where the services take {@code trace_id}.
 */
final class WireNames extends NopAnnotationIntrospector {

    private static final long serialVersionUID = 1;

    private static final PropertyNamingStrategies.SnakeCaseStrategy SNAKES = new PropertyNamingStrategies.SnakeCaseStrategy();

    static SimpleModule module() {
        return new SimpleModule("wire names") {
            private static final long serialVersionUID = 1;

            @Override
            public void setupModule(SetupContext context) {
                context.insertAnnotationIntrospector(new WireNames());
            }
        };
    }

    @Override
    public @Nullable Object findNamingStrategy(AnnotatedClass type) {
        var naming = type.getRawType().getAnnotation(JsonNaming.class);
        if (naming == null) {
            return null;
        }
        if (naming.value() != SnakeCaseStrategy.class) {
            throw new IllegalStateException(type.getName() + " is named by " + naming.value() + ", which the API document does not know");
        }
        return SNAKES;
    }

    /** How a member is named on the wire. */
    static String of(RecordComponent component) {
        var own = component.getAccessor().getAnnotation(JsonProperty.class);
        if (own != null) {
            return own.value();
        }
        return component.getDeclaringRecord().isAnnotationPresent(JsonNaming.class) ? SNAKES.translate(component.getName()) : component.getName();
    }
}
