// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.upstream;

import dev.assay.kit.identity.Admits;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import dev.assay.kit.openapi.Refuses;
import dev.assay.kit.problem.Problem;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** What trainers elsewhere say of where their policies are. */
@RestController
@Admits(Role.MEMBER)
@Tag(name = "Upstreams")
class PassingUpstreamController {

    private static final String NAME = "^[A-Za-z0-9][A-Za-z0-9._-]*$";

    private final PassingUpstreams upstreams;

    PassingUpstreamController(PassingUpstreams upstreams) {
        this.upstreams = upstreams;
    }

    @Schema(name = "PassingUpstreamRequest", example = "{\"base_url\": \"https://policy.example.org/v1\", \"model\": \"Qwen/Qwen3-8B\","
            + " \"credential\": \"0123456789abcdef\", \"expires_in_s\": 900}")
    record Said(
            @Schema(requiredMode = Schema.RequiredMode.REQUIRED, maxLength = UpstreamForm.LONGEST, pattern = "^[!-~]+$",
                    description = "What stands before `/chat/completions`.")
                    @Nullable String base_url,
            @Schema(requiredMode = Schema.RequiredMode.REQUIRED, minLength = 1, maxLength = UpstreamForm.LONGEST_MODEL,
                    pattern = "^[!-~]+$",
                    description = "What the model is called there.")
                    @Nullable String model,
            @Schema(maxLength = UpstreamForm.LONGEST_CREDENTIAL, description = "Sealed at rest, never shown again. Left out: none is sent.")
                    @Nullable String credential,
            @Schema(maxLength = 63, pattern = "^[a-z0-9-]*$",
                    description = "What is known of it: vllm, sglang, …; openai-compatible if left out")
                    @Nullable String preset,
            @Schema(requiredMode = Schema.RequiredMode.REQUIRED, minimum = "60", maximum = "604800",
                    description = "In how many seconds it is there no longer, unless it is said again.")
                    @Nullable Integer expires_in_s,
            @Schema(description = "How long it is waited for.") UpstreamForm.@Nullable Times limits) {}

    /** @param model how the catalog calls it, in this team: what a job names as its model */
    @Schema(name = "PassingUpstream")
    record View(
            UUID id, String name, @Schema(description = "How the team's catalog calls it: what a job names.") String model,
            @Nullable String base_url, @Nullable String credential_hint, Instant expires_at) {

        static View of(EnteredUpstream row) {
            return new View(
                    row.id(), row.name(), row.name() + "/" + row.models().getFirst(), row.baseUrl(), row.hint(),
                    Objects.requireNonNull(row.expiresAt()));
        }
    }

    @PutMapping("/v2/upstreams/by-name/{name}")
    @Refuses(status = 409, when = "The team has one of that name that stays, everybody has one, another model is called so, or somebody "
            + "else changed it at the same time.")
    @Refuses(status = 503, when = "The catalog cannot be told just now: say it again.")
    @Operation(
            summary = "Say where a model is, for a while",
            description = "For trainers that serve their own policy. Its model is in the team's catalog when this is answered, and can be a "
                    + "job's; it is gone, with its credential, when nobody has said so for `expires_in_s`. Said again it lasts longer, and "
                    + "said with another address or credential it is asked there from the next call on. Addresses as for any upstream of a "
                    + "team: https and public, unless the operator allows others.")
    View say(
            @Parameter(schema = @Schema(type = "string", minLength = 1, maxLength = 63, pattern = NAME)) @PathVariable String name,
            @RequestBody Said said, Caller caller) {
        required("base_url", said.base_url());
        required("model", said.model());
        if (said.expires_in_s() == null) {
            throw Problem.badRequest("expires_in_s", "required");
        }
        var request = new UpstreamForm.Request(
                name, said.preset() == null ? Presets.COMPATIBLE : said.preset(), said.base_url(), "",
                said.credential() == null ? "" : said.credential(), true, List.of(String.valueOf(said.model())), false,
                said.limits() == null ? new UpstreamForm.Times(null, null, null, null) : said.limits());
        return View.of(upstreams.say(caller, request, String.valueOf(said.model()), said.expires_in_s()));
    }

    @DeleteMapping("/v2/upstreams/by-name/{name}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Refuses(status = 409, when = "It is one that stays.")
    @Operation(
            summary = "Say that a model is there no longer",
            description = "Of one that was there for a while; its credential goes with it.")
    void delete(
            @Parameter(schema = @Schema(type = "string", minLength = 1, maxLength = 63, pattern = NAME)) @PathVariable String name,
            Caller caller) {
        upstreams.delete(caller, name);
    }

    private static void required(String field, @Nullable String value) {
        if (value == null || value.isEmpty()) {
            throw Problem.badRequest(field, "required");
        }
    }
}
