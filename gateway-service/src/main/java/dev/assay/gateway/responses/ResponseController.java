// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.responses;

import dev.assay.gateway.dialect.ModelApi;
import dev.assay.gateway.dialect.ModelError;
import dev.assay.gateway.dialect.ModelErrorException;
import dev.assay.kit.identity.Admits;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
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
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

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
    ResponseEntity<byte[]> one(
            @PathVariable String id,
            @Parameter(description = "A kept response is told as a whole only.", schema = @Schema(type = "string", allowableValues = "false"))
                    @RequestParam(required = false)
                    @Nullable String stream,
            Caller caller) {
        if (stream != null && !stream.equals("false")) {
            throw new ModelErrorException(ModelError.badRequest("stream", "a kept response is told as a whole only"));
        }
        return ResponseEntity.ok().contentType(MediaType.APPLICATION_JSON).body(find(id, caller).response());
    }

    @Operation(
            summary = "What was new in the call of a kept response",
            description = "The items of its `input`, the last first unless `order=asc`. What stands in the responses that it continues is theirs.")
    @Admits({Role.VIEWER, Role.RUN})
    @GetMapping({"/inference/responses/{id}/input_items", "/inference/v1/responses/{id}/input_items"})
    Items input(
            @PathVariable String id,
            @Parameter(schema = @Schema(type = "string", allowableValues = {"asc", "desc"}, defaultValue = "desc"))
                    @RequestParam(required = false)
                    @Nullable String order,
            @Parameter(description = "The id of the item behind which to go on.") @RequestParam(required = false) @Nullable String after,
            @Parameter(schema = @Schema(type = "integer", minimum = "1", maximum = "100", defaultValue = "20"))
                    @RequestParam(required = false)
                    @Nullable String limit,
            Caller caller) {
        return InputItems.of(id, find(id, caller).input(), order, after, limit);
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
