// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.openapi;

import dev.assay.kit.identity.AdmitsAnybody;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.JsonSchema;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.parameters.Parameter;
import io.swagger.v3.oas.models.responses.ApiResponse;
import io.swagger.v3.oas.models.responses.ApiResponses;
import java.util.TreeMap;
import org.springdoc.core.customizers.GlobalOperationCustomizer;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.annotation.Order;
import org.springframework.web.method.HandlerMethod;

/**
 * Says of every operation how it can be refused: what holds for all of a kind here, what only it refuses with {@link Refuses} at its
 * handler. Answers are JSON and errors problem details, where the operation says nothing else.
 */
@Order(Ordered.HIGHEST_PRECEDENCE) // others add to it
final class ErrorsInDocument implements GlobalOperationCustomizer {

    private static final String PROBLEM = "application/problem+json";
    private static final String ANY = "*/*";

    @Override
    public Operation customize(Operation operation, HandlerMethod handler) {
        var responses = new TreeMap<String, ApiResponse>();
        operation.getResponses().forEach((status, response) -> responses.put(status, status.startsWith("2") ? json(response) : problem(response)));
        AnnotatedElementUtils.findMergedRepeatableAnnotations(handler.getMethod(), Refuses.class, Refuses.All.class)
                .forEach(refused -> refuse(responses, String.valueOf(refused.status()), refused.when()));
        refuse(responses, "400", "The request is not understood; `detail` names the field and says why.");
        if (!handler.hasMethodAnnotation(AdmitsAnybody.class) && !handler.getBeanType().isAnnotationPresent(AdmitsAnybody.class)) {
            refuse(responses, "401", "No key, or one that opens nothing.");
            refuse(responses, "403", "Who asks may not do this; `detail` says what it takes.");
        }
        if (operation.getParameters() != null && operation.getParameters().stream().map(Parameter::getIn).anyMatch("path"::equals)) {
            refuse(responses, "404", "There is no such thing, or it is another team's.");
        }
        if (operation.getRequestBody() != null) {
            refuse(responses, "408", "The body did not come, or came too slowly.");
            refuse(responses, "413", "The body is larger than is taken.");
            refuse(responses, "415", "The body is of a type that is not taken.");
        }
        refuse(responses, "429", "Too many requests at once. Try again after `Retry-After` seconds. Telemetry is always taken.");
        refuse(responses, "500", "Something went wrong here, not with the request.");
        refuse(responses, "502", "A service broke off before it answered. Try again.");
        refuse(responses, "503", "Not just now. Try again, after `Retry-After` seconds if the answer says so.");
        refuse(responses, "504", "It was not done by the deadline that the request gave (`X-Request-Timeout`, `X-Deadline`).");
        var all = new ApiResponses();
        responses.forEach(all::addApiResponse);
        operation.setResponses(all);
        return operation;
    }

    private static void refuse(TreeMap<String, ApiResponse> responses, String status, String when) {
        responses.computeIfAbsent(status, unused -> problem(new ApiResponse().description(when)));
    }

    private static ApiResponse problem(ApiResponse response) {
        return response.content(
                new Content().addMediaType(PROBLEM, new MediaType().schema(new JsonSchema().$ref(WireDocument.PROBLEM))));
    }

    private static ApiResponse json(ApiResponse response) {
        var content = response.getContent();
        if (content != null && content.containsKey(ANY)) {
            var json = new Content();
            content.forEach((type, shape) -> json.addMediaType(type.equals(ANY) ? "application/json" : type, shape));
            response.setContent(json);
        }
        return response;
    }
}
