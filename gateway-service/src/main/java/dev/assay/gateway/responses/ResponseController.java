// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.responses;

import dev.assay.gateway.dialect.ModelApi;
import dev.assay.gateway.dialect.ModelError;
import dev.assay.gateway.dialect.ModelErrorException;
import dev.assay.gateway.dialect.ModelJson;
import dev.assay.kit.identity.Admits;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.ExampleObject;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Clock;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.node.ObjectNode;

@RestController
@ModelApi
@Tag(name = "Inference")
class ResponseController {

    private static final String EXAMPLE = "resp_68af4030592c81938ec0a5fbab4a3e9f05438e46b5f69a3b";

    private final ResponseRows rows;
    private final Clock clock;

    ResponseController(ResponseRows rows, Clock clock) {
        this.rows = rows;
        this.clock = clock;
    }

    @Schema(example = "{\"id\": \"" + EXAMPLE + "\", \"object\": \"response\", \"deleted\": true}")
    record Deleted(String id, String object, boolean deleted) {}

    record Items(String object, List<Object> data, @Nullable String first_id, @Nullable String last_id, boolean has_more) {}

    @Operation(
            summary = "A kept response",
            description = "As it was answered. Responses are kept for a while where the call did not say `store: false`.",
            responses = @ApiResponse(responseCode = "200", description = "The response", content = @Content(
                    mediaType = "application/json",
                    schema = @Schema(type = "object"),
                    examples = @ExampleObject("{\"id\": \"" + EXAMPLE + "\", \"object\": \"response\", \"status\": \"completed\", \"output\": []}"))))
    @Admits({Role.VIEWER, Role.RUN})
    @GetMapping({"/inference/responses/{id}", "/inference/v1/responses/{id}"})
    ResponseEntity<byte[]> one(@PathVariable String id, Caller caller) {
        return ResponseEntity.ok().contentType(MediaType.APPLICATION_JSON).body(find(id, caller).response());
    }

    @Operation(
            summary = "What was new in the call of a kept response",
            description = "The items of its `input`, in their order. What stands in the responses that it continues is theirs.")
    @Admits({Role.VIEWER, Role.RUN})
    @GetMapping({"/inference/responses/{id}/input_items", "/inference/v1/responses/{id}/input_items"})
    Items input(@PathVariable String id, Caller caller) {
        var items = ModelJson.MAPPER.readTree(find(id, caller).input());
        var number = 0;
        for (var item : items) {
            if (item instanceof ObjectNode object) {
                object.put("id", object.path("id").asString("item_" + number + "_" + id));
                object.put("type", object.path("type").asString("message"));
                number++;
            }
        }
        var first = items.isEmpty() ? null : items.path(0).path("id").asString("");
        var last = items.isEmpty() ? null : items.path(items.size() - 1).path("id").asString("");
        return new Items("list", List.copyOf(items.valueStream().map(item -> (Object) item).toList()), first, last, false);
    }

    @Operation(
            summary = "Forget a kept response",
            description = "It cannot be read or continued any more. What continued it before still can: its words are a part of that.")
    @Admits({Role.MEMBER, Role.RUN})
    @DeleteMapping({"/inference/responses/{id}", "/inference/v1/responses/{id}"})
    Deleted delete(@PathVariable String id, Caller caller) {
        if (!rows.delete(caller.team(), id, clock.instant())) {
            throw notFound(id);
        }
        return new Deleted(id, "response", true);
    }

    @ApiResponse(responseCode = "400", description = "Always.")
    @Operation(summary = "Cancel a response", description = "Always refused: responses in the background are not served here.")
    @Admits({Role.MEMBER, Role.RUN})
    @PostMapping({"/inference/responses/{id}/cancel", "/inference/v1/responses/{id}/cancel"})
    void cancel(@PathVariable String id, Caller caller) {
        find(id, caller);
        throw new ModelErrorException(ModelError.of(400, "Only background responses can be cancelled."));
    }

    private ResponseRows.Kept find(String id, Caller caller) {
        return rows.find(caller.team(), id, clock.instant()).orElseThrow(() -> notFound(id));
    }

    private static ModelErrorException notFound(String id) {
        return new ModelErrorException(new ModelError(
                404, "invalid_request_error", "response_not_found", "Response with id '" + KeptResponses.shown(id) + "' not found.", null, null));
    }


}
