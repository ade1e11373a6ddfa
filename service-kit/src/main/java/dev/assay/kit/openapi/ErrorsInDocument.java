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
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.springdoc.core.customizers.GlobalOperationCustomizer;
import org.springframework.web.method.HandlerMethod;

/**
 * Says of every operation how it can be refused: what holds for all of a kind here, what only it refuses with an
 * {@link io.swagger.v3.oas.annotations.responses.ApiResponse} at the operation itself. Errors are problem details, answers JSON, where
 * the operation says nothing else.
 */
final class ErrorsInDocument implements GlobalOperationCustomizer {

    private static final String PROBLEM = "application/problem+json";
    private static final String ANY = "*/*";

    @Override
    public Operation customize(Operation operation, HandlerMethod handler) {
        var responses = new TreeMap<>(operation.getResponses() == null ? new ApiResponses() : operation.getResponses());
        var takes = operation.getParameters() == null ? Set.<String>of() : places(operation);
        refused(responses, "400", "The request is not understood; `detail` names the field and says why.");
        if (!handler.hasMethodAnnotation(AdmitsAnybody.class) && !handler.getBeanType().isAnnotationPresent(AdmitsAnybody.class)) {
            refused(responses, "401", "No key, or one that opens nothing.");
            refused(responses, "403", "Who asks may not do this; `detail` says what it takes.");
        }
        if (takes.contains("path")) {
            refused(responses, "404", "There is no such thing, or it is another team's.");
        }
        if (operation.getRequestBody() != null) {
            refused(responses, "408", "The body did not come, or came too slowly.");
            refused(responses, "413", "The body is larger than is taken.");
            refused(responses, "415", "The body is of a type that is not taken.");
        }
        refused(responses, "500", "Something went wrong here, not with the request.");
        refused(responses, "502", "A service broke off before it answered. Try again.");
        refused(responses, "503", "Not just now. Try again, after `Retry-After` seconds if the answer says so.");
        var all = new ApiResponses();
        responses.forEach((status, response) -> all.addApiResponse(status, response(status, response)));
        operation.setResponses(all);
        return operation;
    }

    private static Set<String> places(Operation operation) {
        return operation.getParameters().stream().map(Parameter::getIn).collect(Collectors.toSet());
    }

    private static void refused(TreeMap<String, ApiResponse> responses, String status, String why) {
        responses.putIfAbsent(status, new ApiResponse().description(why));
    }

    private static ApiResponse response(String status, ApiResponse response) {
        var content = response.getContent();
        if (content == null && status.charAt(0) >= '4') {
            response.setContent(new Content().addMediaType(PROBLEM, new MediaType().schema(new JsonSchema().$ref(ProblemShape.REFERENCE))));
        } else if (content != null && content.containsKey(ANY)) {
            var json = new Content();
            content.forEach((type, shape) -> json.addMediaType(type.equals(ANY) ? status.charAt(0) >= '4' ? PROBLEM : "application/json" : type, shape));
            response.setContent(json);
        }
        return response;
    }
}
