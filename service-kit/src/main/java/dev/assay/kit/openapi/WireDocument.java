// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.openapi;

import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.Schema;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.springdoc.core.customizers.GlobalOpenApiCustomizer;

/** In answers, what may be null is null rather than left out. */
final class WireDocument implements GlobalOpenApiCustomizer {

    private static final String SCHEMAS = "#/components/schemas/";

    @Override
    public void customise(OpenAPI document) {
        if (document.getPaths() == null || document.getComponents() == null) {
            return;
        }
        var asked = new HashSet<String>();
        var answered = new HashSet<String>();
        for (var operation : (Iterable<Operation>) document.getPaths().values().stream().flatMap(path -> path.readOperations().stream())::iterator) {
            if (operation.getRequestBody() != null) {
                walk(document, operation.getRequestBody().getContent(), asked);
            }
            operation.getResponses().values().forEach(response -> walk(document, response.getContent(), answered));
        }
        answered.removeAll(asked);
        answered.stream().map(document.getComponents().getSchemas()::get).filter(Objects::nonNull).forEach(WireDocument::complete);
    }

    private static void complete(Schema<?> answer) {
        if (answer.getProperties() != null) {
            answer.getProperties().forEach((name, shape) -> {
                if (Shapes.mayBeNull(shape) && (answer.getRequired() == null || !answer.getRequired().contains(name))) {
                    answer.addRequiredItem(name);
                }
            });
        }
    }

    private static void walk(OpenAPI document, Content content, Set<String> seen) {
        if (content != null) {
            content.values().forEach(type -> walk(document, type.getSchema(), seen));
        }
    }

    private static void walk(OpenAPI document, Schema<?> shape, Set<String> seen) {
        if (shape == null) {
            return;
        }
        if (shape.get$ref() != null && shape.get$ref().startsWith(SCHEMAS)) {
            var name = shape.get$ref().substring(SCHEMAS.length());
            if (seen.add(name)) {
                walk(document, document.getComponents().getSchemas().get(name), seen);
            }
        }
        parts(shape).forEach(part -> walk(document, part, seen));
    }

    private static Stream<Schema<?>> parts(Schema<?> shape) {
        Stream<?> inner = Stream.of(
                        shape.getProperties() == null ? Stream.empty() : shape.getProperties().values().stream(),
                        shape.getAnyOf() == null ? Stream.empty() : shape.getAnyOf().stream(),
                        Stream.ofNullable(shape.getItems()),
                        Stream.ofNullable(shape.getAdditionalProperties()))
                .flatMap(some -> some);
        return inner.filter(Schema.class::isInstance).map(part -> (Schema<?>) part);
    }
}
