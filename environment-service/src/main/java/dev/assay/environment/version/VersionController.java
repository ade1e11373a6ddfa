// SPDX-License-Identifier: Apache-2.0

package dev.assay.environment.version;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.assay.contracts.EnvironmentId;
import dev.assay.contracts.VersionId;
import dev.assay.environment.listing.Listing;
import dev.assay.environment.listing.Window;
import dev.assay.environment.registry.Registry;
import dev.assay.kit.identity.Admits;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@RestController
@Admits(Role.VIEWER)
@Tag(name = "Registry", description = "The environments of a team.")
class VersionController {

    private final Registry registry;
    private final VersionCatalog versions;
    private final JsonMapper json;

    VersionController(Registry registry, VersionCatalog versions, JsonMapper json) {
        this.registry = registry;
        this.versions = versions;
        this.json = json;
    }

    @GetMapping("/v2/registry/{id}/versions")
    @Operation(summary = "List an environment's versions", description = "Newest first, built or not; manifest and built_at are null until it was built.")
    Listing<VersionRecord> list(
            Caller caller,
            @PathVariable EnvironmentId id,
            @Parameter(schema = @Schema(type = "integer", format = "int32", maximum = Window.MOST_TEXT)) @RequestParam(required = false) @Nullable Integer limit,
            @RequestParam(required = false) @Nullable Integer offset) {
        return versions.list(registry.require(caller.team(), id).id(), Window.of(limit, offset), this::view);
    }

    private VersionRecord view(Version version) {
        return new VersionRecord(
                version.id(),
                version.number(),
                version.declaredName(),
                version.contextSha256(),
                version.contextSize(),
                version.runtimeProvider(),
                version.runtimeConfig() == null ? null : json.readTree(version.runtimeConfig()),
                version.manifest() == null ? null : json.readTree(version.manifest()),
                version.createdAt(),
                version.builtAt());
    }

    record VersionRecord(
            VersionId id,
            int version,
            @JsonProperty("declared_name") String declaredName,
            @JsonProperty("context_sha256") String contextSha256,
            @JsonProperty("context_size") long contextSize,
            @JsonProperty("runtime_provider") @Nullable String runtimeProvider,
            @JsonProperty("runtime_config") @Nullable JsonNode runtimeConfig,
            @Nullable JsonNode manifest,
            @JsonProperty("created_at") Instant createdAt,
            @JsonProperty("built_at") @Nullable Instant builtAt) {}
}
