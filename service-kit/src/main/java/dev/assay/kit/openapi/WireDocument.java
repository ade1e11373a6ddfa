// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.openapi;

import io.swagger.v3.core.util.AnnotationsUtils;
import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.IntegerSchema;
import io.swagger.v3.oas.models.media.ObjectSchema;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.media.StringSchema;
import io.swagger.v3.oas.models.parameters.Parameter;
import io.swagger.v3.oas.models.parameters.RequestBody;
import java.math.BigDecimal;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.springdoc.core.customizers.GlobalOpenApiCustomizer;

/** What holds for all shapes of requests and for all of answers, and the one shape of errors. */
final class WireDocument implements GlobalOpenApiCustomizer {

    static final String PROBLEM = "#/components/schemas/Problem";

    private static final String SCHEMAS = "#/components/schemas/";

    /** What a path may hold that is no name of its own segment; see the gateway's rule for paths. */
    private static final String PATH_TEXT = "^[^\\u0000-\\u001f\\u007f/\\\\;%]+$";

    @Override
    public void customise(OpenAPI document) {
        if (document.getComponents() == null) {
            document.setComponents(new Components());
        }
        document.getComponents().addSchemas("Problem", problem());
        var asked = new HashSet<String>();
        var answered = new HashSet<String>();
        operations(document).forEach(operation -> {
            if (operation.getParameters() != null) {
                operation.getParameters().forEach(WireDocument::bound);
            }
            if (operation.getRequestBody() != null) {
                mayBeLeftOut(operation.getRequestBody());
                walk(document, operation.getRequestBody().getContent(), asked);
            }
            operation.getResponses().values().forEach(response -> walk(document, response.getContent(), answered));
        });
        answered.removeAll(asked);
        shapes(document, asked).forEach(WireDocument::bound);
        shapes(document, answered).forEach(WireDocument::complete);
    }

    private static Stream<Operation> operations(OpenAPI document) {
        return document.getPaths() == null
                ? Stream.empty()
                : document.getPaths().values().stream().flatMap(path -> path.readOperations().stream());
    }

    private static Stream<Schema<?>> shapes(OpenAPI document, Set<String> names) {
        return names.stream().<Schema<?>>map(document.getComponents().getSchemas()::get).filter(Objects::nonNull);
    }

    private static Schema<?> problem() {
        var problem = new ObjectSchema();
        problem.setDescription("Why a request was refused (RFC 9457).");
        problem.addProperty("type", new StringSchema().description("A URI of the kind of problem; `about:blank`, or left out, if its status says it all."));
        problem.addProperty("title", new StringSchema().description("What the status means."));
        problem.addProperty("status", new IntegerSchema().format("int32").description("As in the answer's first line."));
        problem.addProperty("detail", new StringSchema().description("What is wrong, in a sentence for people: `<field>: <reason>`."));
        problem.addProperty("instance", new StringSchema().description("The path that was asked for."));
        problem.setRequired(List.of("title", "status", "detail"));
        return problem;
    }

    /** Where a body may be left out, {@code null} is none. */
    private static void mayBeLeftOut(RequestBody body) {
        if (!Boolean.TRUE.equals(body.getRequired()) && body.getContent() != null) {
            body.getContent().values().forEach(type -> {
                if (type.getSchema() != null && type.getSchema().get$ref() != null) {
                    type.setSchema(Shapes.orNull(type.getSchema()));
                }
            });
        }
    }

    private static void bound(Parameter parameter) {
        if (parameter.getSchema() == null) {
            return;
        }
        var shape = AnnotationsUtils.clone(parameter.getSchema(), true); // parameters of the same type share one
        parameter.setSchema(shape);
        boundNumber(shape);
        var least = parameter.getName().equals("limit") ? BigDecimal.ONE : parameter.getName().equals("offset") ? BigDecimal.ZERO : null;
        if (least != null) {
            shape.setMinimum(least);
        }
        if ("path".equals(parameter.getIn()) && Shapes.types(shape).contains("string") && shape.getFormat() == null && shape.getPattern() == null) {
            shape.setPattern(PATH_TEXT);
        }
    }

    private static void bound(Schema<?> asked) {
        if (asked.getProperties() != null) {
            asked.getProperties().values().forEach(WireDocument::boundNumber);
        }
    }

    /** The format alone keeps nobody from sending more. */
    private static void boundNumber(Schema<?> shape) {
        var size = "int32".equals(shape.getFormat()) ? Integer.SIZE : "int64".equals(shape.getFormat()) ? Long.SIZE : 0;
        if (size > 0) {
            var bound = BigDecimal.TWO.pow(size - 1);
            shape.setMinimum(shape.getMinimum() == null ? bound.negate() : shape.getMinimum());
            shape.setMaximum(shape.getMaximum() == null ? bound.subtract(BigDecimal.ONE) : shape.getMaximum());
        }
    }

    /** In answers, what may be null is null rather than left out. */
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
