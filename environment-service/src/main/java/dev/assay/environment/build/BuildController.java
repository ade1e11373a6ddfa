// SPDX-License-Identifier: Apache-2.0

package dev.assay.environment.build;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.assay.contracts.BuildId;
import dev.assay.contracts.EnvironmentId;
import dev.assay.contracts.VersionId;
import dev.assay.contracts.internal.BuildLog;
import dev.assay.environment.listing.Page;
import dev.assay.environment.listing.Window;
import dev.assay.environment.registry.Registry;
import dev.assay.kit.identity.Admits;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import dev.assay.kit.openapi.Refuses;
import dev.assay.kit.signal.WorkSignal;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@RestController
@Admits(Role.VIEWER)
@RequestMapping("/v2/builds")
@Tag(name = "Builds", description = "From an uploaded context to a version of an environment.")
class BuildController {

    private final TriggerBuild trigger;
    private final WatchBuild watch;
    private final Builds builds;
    private final Registry registry;
    private final WorkSignal signal;
    private final JsonMapper json;

    BuildController(TriggerBuild trigger, WatchBuild watch, Builds builds, Registry registry, WorkSignal signal, JsonMapper json) {
        this.trigger = trigger;
        this.watch = watch;
        this.builds = builds;
        this.registry = registry;
        this.signal = signal;
        this.json = json;
    }

    @Admits(Role.MEMBER)
    @PostMapping("/trigger")
    @Refuses(status = 404, when = "There is no such build, environment or project.")
    @Refuses(status = 409, when = "Clients find another environment under this name, or the values that it has cannot be opened.")
    @Operation(
            summary = "Build what was uploaded",
            description = "Makes a new version of the environment of that (normalized) name, which is made if there is none. The same build_id "
                    + "again gives the same answer and changes nothing. 404 for an unknown build_id, registry_id or project_id; 400 if nothing was uploaded.")
    BuildRecord trigger(Caller caller, @RequestBody TriggerRequest request) {
        var build = trigger.trigger(caller, request.order());
        signal.arrived();
        return view(build);
    }

    @GetMapping("/{id}/status")
    @Operation(
            summary = "How a build is",
            description = "status is IN_PROGRESS until the end, also while the build waits for a worker; then SUCCEEDED with a manifest, or FAILED "
                    + "or STOPPED (somebody cancelled it) with an error_message.")
    BuildRecord status(Caller caller, @PathVariable BuildId id) {
        return view(watch.now(id, caller.team()));
    }

    @Admits(Role.MEMBER)
    @PostMapping("/{id}/cancel")
    @Operation(
            summary = "Cancel a build",
            description = "Ends a build that is in progress as STOPPED; its worker lets go of it within a second. One that has ended stays as it "
                    + "is. Answers with how it is then. 404 if there is no such build.")
    BuildRecord cancel(Caller caller, @PathVariable BuildId id) {
        var build = watch.stop(id, caller.team());
        signal.arrived();
        return view(build);
    }

    @GetMapping("/{id}/log")
    @Operation(
            summary = "A build's log",
            description = "The lines after number 'after', at most 1000. Waits for new ones up to wait_millis (20000 at most) while the build is in progress.")
    BuildLog log(
            Caller caller,
            @PathVariable BuildId id,
            @Parameter(schema = @Schema(type = "integer", format = "int32", minimum = "0", defaultValue = "0")) @RequestParam(defaultValue = "0") int after,
            @RequestParam(name = "wait_millis", defaultValue = "0") long waitMillis)
            throws InterruptedException {
        return watch.log(id, caller.team(), after, waitMillis);
    }

    @GetMapping
    @Refuses(status = 404, when = "There is no such environment.")
    @Operation(
            summary = "List builds",
            description = "Newest first; those of one environment with registry_id. An error_message of more than 1000 characters is cut and says so, "
                    + "a manifest of more than 4096 bytes is left out: the build's status has them whole. `cursor` takes a page's `next`: unlike an "
                    + "offset it skips and repeats nothing while builds are added.")
    Page<BuildRecord> list(
            Caller caller,
            @RequestParam(name = "registry_id", required = false) @Nullable EnvironmentId registryId,
            @Parameter(schema = @Schema(type = "integer", format = "int32", maximum = Window.MOST_TEXT))
                    @RequestParam(required = false) @Nullable Integer limit,
            @Parameter(schema = @Schema(type = "integer", format = "int32", maximum = Window.FURTHEST_TEXT))
                    @RequestParam(required = false) @Nullable Integer offset,
            @Parameter(description = Window.OF_CURSOR, schema = @Schema(type = "string", pattern = Window.CURSOR))
                    @RequestParam(required = false) @Nullable String cursor) {
        var window = Window.of(limit, offset, cursor);
        if (registryId != null) {
            registry.require(caller.team(), registryId);
        }
        return Page.of(builds.list(caller.team(), registryId, window), Build::seq, builds.count(caller.team(), registryId), window)
                .map(this::view);
    }

    private BuildRecord view(Build build) {
        var succeeded = build.status() == BuildStatus.SUCCEEDED;
        var uri = succeeded ? "assay://" + build.environmentName() + "/" + build.number() : null;
        return new BuildRecord(
                build.id(),
                build.environment(),
                build.environmentName(),
                build.status().name(),
                build.number(),
                build.version(),
                uri,
                uri,
                build.error(),
                succeeded && build.manifest() != null ? json.readTree(build.manifest()) : null,
                build.createdAt(),
                build.startedAt(),
                build.finishedAt(),
                build.seconds(),
                watch.waiting(build).orElse(null),
                build.leftOut());
    }

    /**
     * @param version the number of the version that this build makes
     * @param imageName the same as uri: older clients read it
     */
    record BuildRecord(
            BuildId id,
            @JsonProperty("registry_id") EnvironmentId registryId,
            @JsonProperty("registry_name") String registryName,
            @Schema(allowableValues = {"IN_PROGRESS", "SUCCEEDED", "FAILED", "STOPPED"}) String status,
            int version,
            @JsonProperty("version_id") VersionId versionId,
            @Nullable String uri,
            @JsonProperty("image_name") @Nullable String imageName,
            @JsonProperty("error_message") @Nullable String errorMessage,
            @Nullable JsonNode manifest,
            @JsonProperty("created_at") Instant createdAt,
            @JsonProperty("started_at") @Nullable Instant startedAt,
            @JsonProperty("finished_at") @Nullable Instant finishedAt,
            @JsonProperty("duration_seconds") double durationSeconds,
            @Schema(description = "Of a build that nobody works on yet, or any more: why no worker has it, as it is at this moment. Null also while nobody can say.")
                    @JsonProperty("waiting_because")
                    @Nullable
                    Waiting waitingBecause,
            @Schema(description = Page.LEFT_OUT) @JsonProperty("left_out") List<String> leftOut) {}
}
