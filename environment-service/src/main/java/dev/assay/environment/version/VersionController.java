// SPDX-License-Identifier: Apache-2.0

package dev.assay.environment.version;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.assay.contracts.EnvironmentId;
import dev.assay.contracts.VersionId;
import dev.assay.environment.listing.Page;
import dev.assay.environment.listing.Window;
import dev.assay.environment.registry.Registry;
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
    private final VersionRows versions;
    private final JsonMapper json;

    VersionController(Registry registry, VersionRows versions, JsonMapper json) {
        this.registry = registry;
        this.versions = versions;
        this.json = json;
    }

    @GetMapping("/v2/registry/{id}/versions")
    @Operation(
            summary = "List an environment's versions",
            description = "Newest first, built or not; manifest and built_at are null until it was built. A manifest or runtime_config of more than "
                    + "4096 bytes is left out: the version alone has it. `cursor` takes a page's `next`: unlike an offset it skips and repeats nothing "
                    + "while versions are added.")
    Page<VersionRecord> list(
            Caller caller,
            @PathVariable EnvironmentId id,
            @Parameter(schema = @Schema(type = "integer", format = "int32", maximum = Window.MOST_TEXT))
                    @RequestParam(required = false) @Nullable Integer limit,
            @Parameter(schema = @Schema(type = "integer", format = "int32", maximum = Window.FURTHEST_TEXT))
                    @RequestParam(required = false) @Nullable Integer offset,
            @Parameter(description = Window.OF_CURSOR, schema = @Schema(type = "string", pattern = Window.CURSOR))
                    @RequestParam(required = false) @Nullable String cursor) {
        var window = Window.of(limit, offset, cursor);
        var environment = registry.require(caller.team(), id);
        return versions.list(id, environment.lastNumber(), window).map(this::view);
    }

    @GetMapping("/v2/registry/{id}/versions/{version}")
    @Refuses(status = 404, when = "There is no such environment or version.")
    @Operation(summary = "Get a version", description = "By its number, whole. 404 if the team has no such environment, or that no such version.")
    VersionRecord get(Caller caller, @PathVariable EnvironmentId id, @PathVariable int version) {
        var environment = registry.require(caller.team(), id);
        return versions.find(id, version)
                .map(this::view)
                .orElseThrow(() -> Problem.notFound("Environment '" + environment.name() + "' has no version " + version + "."));
    }

    private VersionRecord view(VersionRows.VersionRow version) {
        return new VersionRecord(
                version.id(),
                version.number(),
                version.declaredName(),
                version.contextSha256(),
                version.contextSize(),
                version.runtimeProvider(),
                version.runtimeConfig() == null ? null : json.readTree(version.runtimeConfig()),
                version.image(),
                version.services() == null ? null : json.readTree(version.services()),
                version.manifest() == null ? null : json.readTree(version.manifest()),
                version.createdAt(),
                version.builtAt(),
                version.leftOut());
    }

    record VersionRecord(
            VersionId id,
            int version,
            @JsonProperty("declared_name") String declaredName,
            @JsonProperty("context_sha256") String contextSha256,
            @JsonProperty("context_size") long contextSize,
            @JsonProperty("runtime_provider") @Nullable String runtimeProvider,
            @JsonProperty("runtime_config") @Nullable JsonNode runtimeConfig,
            @Schema(description = "The image that its runs take place in; null: they run from the context.") @Nullable String image,
            @Schema(description = "The images that were built for its Compose project, by service and recipe; null: none were.") @Nullable JsonNode services,
            @Nullable JsonNode manifest,
            @JsonProperty("created_at") Instant createdAt,
            @JsonProperty("built_at") @Nullable Instant builtAt,
            @Schema(description = Page.LEFT_OUT) @JsonProperty("left_out") List<String> leftOut) {}
}
