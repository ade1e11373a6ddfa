// SPDX-License-Identifier: Apache-2.0

package dev.assay.environment.registry;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.assay.contracts.BuildId;
import dev.assay.contracts.EnvironmentId;
import dev.assay.contracts.VersionId;
import dev.assay.environment.listing.Page;
import dev.assay.environment.listing.Window;
import dev.assay.environment.project.ProjectId;
import dev.assay.kit.identity.Admits;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import dev.assay.kit.openapi.Refuses;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Instant;
import java.util.SequencedCollection;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

@RestController
@Admits(Role.VIEWER)
@RequestMapping("/v2/registry")
@Tag(name = "Registry", description = "The environments of a team.")
class RegistryController {

    private static final String UNOPENED = "The variables cannot be opened any more: take all of them away.";

    private final Registry registry;

    RegistryController(Registry registry) {
        this.registry = registry;
    }

    @GetMapping
    @Operation(
            summary = "List environments",
            description = "Newest first, or by name with sort_by=name. With search: those whose normalized name holds it, an equal one first. "
                    + "`cursor` takes a page's `next` (with the same search and sort_by): unlike an offset it skips and repeats nothing while "
                    + "environments are added.")
    Page<EnvironmentRecord> list(
            Caller caller,
            @RequestParam(required = false) @Nullable String search,
            @Parameter(schema = @Schema(type = "integer", format = "int32", maximum = Window.MOST_TEXT))
                    @RequestParam(required = false) @Nullable Integer limit,
            @Parameter(schema = @Schema(type = "integer", format = "int32", maximum = Window.FURTHEST_TEXT))
                    @RequestParam(required = false) @Nullable Integer offset,
            @Parameter(description = Window.OF_CURSOR, schema = @Schema(type = "string", pattern = Window.CURSOR))
                    @RequestParam(required = false) @Nullable String cursor,
            @RequestParam(name = "sort_by", required = false) @Nullable String sortBy) {
        return registry.list(caller.team(), search, "name".equals(sortBy), Window.of(limit, offset, cursor))
                .map(EnvironmentRecord::of);
    }

    @GetMapping("/{id}")
    @Operation(summary = "Get an environment", description = "404 if the team has no such environment.")
    EnvironmentRecord get(Caller caller, @PathVariable EnvironmentId id) {
        return EnvironmentRecord.of(registry.require(caller.team(), id));
    }

    @GetMapping("/{id}/variables")
    @Refuses(status = 409, when = UNOPENED)
    @Operation(summary = "Names of an environment's variables", description = "The names alone: the values are for its sandboxes.")
    VariableNames variables(Caller caller, @PathVariable EnvironmentId id) {
        return new VariableNames(new TreeSet<>(registry.variables(registry.require(caller.team(), id)).keySet()));
    }

    @Admits(Role.MEMBER)
    @DeleteMapping("/{id}/variables/{name}")
    @Refuses(status = 409, when = UNOPENED)
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Operation(summary = "Take a variable away", description = "Deploying adds and replaces variables, and never takes one away. New sandboxes start without it.")
    void removeVariable(Caller caller, @PathVariable EnvironmentId id, @PathVariable String name) {
        registry.removeVariable(caller.team(), id, name);
    }

    @Admits(Role.MEMBER)
    @DeleteMapping("/{id}/variables")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Operation(
            summary = "Take all variables away",
            description = "Also where they cannot be opened any more, since the key that sealed them is lost: what else asks for them is a 409 then.")
    void removeVariables(Caller caller, @PathVariable EnvironmentId id) {
        registry.removeVariables(caller.team(), id);
    }

    record VariableNames(SequencedCollection<String> names) {}

    /**
     * @param name the normalized name
     * @param latestVersion the number of the newest version that was built, null while there is none
     */
    record EnvironmentRecord(
            EnvironmentId id,
            String name,
            @JsonProperty("project_id") ProjectId projectId,
            @JsonProperty("latest_version") @Nullable Integer latestVersion,
            @JsonProperty("latest_version_id") @Nullable VersionId latestVersionId,
            @JsonProperty("latest_build_id") @Nullable BuildId latestBuildId,
            @JsonProperty("latest_build") @Nullable LatestBuild latestBuild,
            @JsonProperty("created_at") Instant createdAt,
            @JsonProperty("updated_at") Instant updatedAt) {

        static EnvironmentRecord of(Environment environment) {
            var build = environment.latestBuild();
            var number = environment.latestNumber();
            return new EnvironmentRecord(
                    environment.id(),
                    environment.name(),
                    environment.project(),
                    number,
                    environment.latestVersion().orElse(null),
                    build,
                    build == null || number == null ? null : new LatestBuild(build, number, "SUCCEEDED"),
                    environment.createdAt(),
                    environment.updatedAt());
        }
    }

    record LatestBuild(BuildId id, int version, String status) {}
}
