// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.inference;

import dev.assay.gateway.dialect.ModelApi;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.media.IntegerSchema;
import io.swagger.v3.oas.models.media.JsonSchema;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.ObjectSchema;
import io.swagger.v3.oas.models.media.StringSchema;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.springdoc.core.customizers.GlobalOperationCustomizer;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.stereotype.Component;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.method.HandlerMethod;

/** The errors of model calls look as the model API's own do; what is refused before a call is looked at is a problem like all others. */
@Component
class ModelErrorsInDocument implements GlobalOperationCustomizer {

    @Override
    public Operation customize(Operation operation, HandlerMethod handler) {
        if (handler.getBeanType().isAnnotationPresent(ModelApi.class)) {
            operation.getResponses().forEach((status, response) -> {
                if (!status.startsWith("2")) {
                    response.getContent().addMediaType("application/json", new MediaType().schema(isGoogles(handler) ? googlesError() : error()));
                }
            });
        }
        return operation;
    }

    private static boolean isGoogles(HandlerMethod handler) {
        var mapping = AnnotatedElementUtils.findMergedAnnotation(handler.getMethod(), RequestMapping.class);
        return mapping != null && Arrays.stream(mapping.path()).anyMatch(path -> path.startsWith("/inference/v1beta"));
    }

    private static ObjectSchema googlesError() {
        var error = new ObjectSchema();
        error.addProperty("code", new IntegerSchema()).addProperty("message", new StringSchema()).addProperty("status", new StringSchema());
        error.setRequired(List.of("code", "message", "status"));
        var whole = new ObjectSchema();
        whole.addProperty("error", error);
        whole.setRequired(List.of("error"));
        return whole;
    }

    private static ObjectSchema error() {
        var param = new JsonSchema();
        param.setTypes(Set.of("string", "null"));
        var error = new ObjectSchema();
        error.addProperty("message", new StringSchema()).addProperty("type", new StringSchema()).addProperty("code", new StringSchema());
        error.addProperty("param", param);
        error.setRequired(List.of("message", "type", "code", "param"));
        var whole = new ObjectSchema();
        whole.addProperty("error", error);
        whole.setRequired(List.of("error"));
        return whole;
    }
}
