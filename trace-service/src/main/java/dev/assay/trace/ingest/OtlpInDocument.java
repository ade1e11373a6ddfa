// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.ingest;

import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.media.JsonSchema;
import io.swagger.v3.oas.models.media.MediaType;
import java.util.Set;
import org.springdoc.core.customizers.GlobalOperationCustomizer;
import org.springframework.stereotype.Component;
import org.springframework.web.method.HandlerMethod;

/** Exporters are refused in the form of their request. */
@Component
final class OtlpInDocument implements GlobalOperationCustomizer {

    @Override
    public Operation customize(Operation operation, HandlerMethod handler) {
        if (handler.getBeanType() == OtlpController.class) {
            operation.getResponses().forEach((status, response) -> {
                if (!status.startsWith("2")) {
                    var json = new JsonSchema();
                    json.setTypes(Set.of("object"));
                    response.getContent().addMediaType("application/json", new MediaType().schema(json));
                }
            });
        }
        return operation;
    }
}
