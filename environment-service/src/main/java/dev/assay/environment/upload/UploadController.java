// SPDX-License-Identifier: Apache-2.0

package dev.assay.environment.upload;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.assay.contracts.BuildId;
import dev.assay.kit.identity.Admits;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import dev.assay.kit.openapi.Refuses;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

@RestController
@Tag(name = "Builds", description = "From an uploaded context to a version of an environment.")
class UploadController {

    private final ReceiveContext contexts;

    UploadController(ReceiveContext contexts) {
        this.contexts = contexts;
    }

    @Admits(Role.MEMBER)
    @PostMapping("/v2/builds/upload-url")
    @Operation(summary = "Ask for an upload address", description = "The first step of a build. The address needs no API key, takes one context, and runs out. What is not built within a day after that is forgotten.")
    UploadAddress address(Caller caller, HttpServletRequest request) {
        var grant = contexts.grant(caller.team());
        return new UploadAddress(PublicAddress.of(request) + "/v2/uploads/" + grant.token(), grant.build());
    }

    @Admits(Role.GRANT)
    @PutMapping("/v2/uploads/{token}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Refuses(status = 409, when = "The build was triggered already.")
    @Operation(
            summary = "Upload a context",
            description = "A tar archive, compressed with gzip. Refused with 400 if it cannot be read to its end or holds what no context holds "
                    + "(paths or links that lead out of it, devices), with 413 if it is too large. Once more replaces what was there, until the build is triggered.",
            requestBody = @RequestBody(
                    required = true,
                    content = @Content(mediaType = "application/octet-stream", schema = @Schema(type = "string", format = "binary"))))
    void upload(@PathVariable String token, HttpServletRequest request) throws IOException {
        contexts.receive(token, request.getContentLengthLong(), request.getInputStream());
    }

    record UploadAddress(@JsonProperty("upload_url") String uploadUrl, @JsonProperty("build_id") BuildId buildId) {}
}
