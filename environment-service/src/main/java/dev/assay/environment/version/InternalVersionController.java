// SPDX-License-Identifier: Apache-2.0

package dev.assay.environment.version;

import dev.assay.contracts.EnvironmentName;
import dev.assay.contracts.TeamId;
import dev.assay.contracts.VersionId;
import dev.assay.contracts.internal.BuiltServices;
import dev.assay.contracts.internal.EnvironmentVersion;
import dev.assay.environment.registry.Environment;
import dev.assay.environment.registry.Registry;
import dev.assay.kit.blob.Blobs;
import dev.assay.kit.identity.Admits;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import dev.assay.kit.problem.Problem;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.Resource;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** What does a name stand for now, and where is its context? Workers ask for what they hold; services, which see no variables, for any. */
@RestController
@Admits(Role.WORKER)
@RequestMapping("/internal")
class InternalVersionController {

    private final Registry registry;
    private final VersionCatalog versions;
    private final Blobs contexts;
    private final WorkersDoor door;
    private final JsonMapper json;

    InternalVersionController(Registry registry, VersionCatalog versions, Blobs contexts, WorkersDoor door, JsonMapper json) {
        this.registry = registry;
        this.versions = versions;
        this.contexts = contexts;
        this.door = door;
        this.json = json;
    }

    @Admits({Role.WORKER, Role.SERVICE})
    @GetMapping("/environments/resolve")
    EnvironmentVersion resolve(
            Caller caller, @RequestParam TeamId team, @RequestParam String name, @RequestParam(defaultValue = "") String version) {
        var forSandbox = caller.role() == Role.WORKER;
        if (forSandbox) {
            door.require(caller, team, EnvironmentName.of(name));
        }
        var environment = registry.find(team, EnvironmentName.of(name))
                .filter(found -> versions.isMeant(found, name))
                .orElseThrow(() -> Problem.notFound("There is no environment '" + EnvironmentName.of(name) + "'."));
        var found = version.isEmpty() ? newest(environment) : built(environment, version);
        return new EnvironmentVersion(
                environment.id(),
                found.id(),
                environment.name(),
                found.declaredName(),
                found.number(),
                found.contextSha256(),
                forSandbox ? registry.variables(environment) : Map.of(),
                found.runtimeConfig() == null ? null : json.readTree(found.runtimeConfig()),
                found.image(),
                services(found),
                json.readTree(found.manifest()));
    }

    private @Nullable BuiltServices services(Version version) {
        var services = version.services();
        return services == null ? null : new BuiltServices(json.readValue(services, new TypeReference<Map<String, String>>() {}), version.engine());
    }

    private Version newest(Environment environment) {
        return environment.latestVersion()
                .map(versions::require)
                .orElseThrow(() -> Problem.notFound("Environment '" + environment.name() + "' has no version that was built."));
    }

    /** One that was the newest when somebody asked before: whatever was deployed since, a run stays with what it began with. */
    private Version built(Environment environment, String version) {
        VersionId id;
        try {
            id = VersionId.parse(version);
        } catch (IllegalArgumentException e) {
            throw Problem.badRequest("version", String.valueOf(e.getMessage()));
        }
        return versions.find(id)
                .filter(found -> found.environment().equals(environment.id()) && found.manifest() != null)
                .orElseThrow(() -> Problem.notFound("Environment '" + environment.name() + "' has no version " + id + " that was built."));
    }

    @GetMapping("/versions/{id}/context")
    ResponseEntity<Resource> context(Caller caller, @PathVariable VersionId id) {
        var version = versions.find(id).orElseThrow(() -> noContext(id));
        var environment = registry.require(version.team(), version.environment());
        door.require(caller, version.team(), new EnvironmentName(environment.name()), id);
        var file = contexts.find(version.contextSha256()).orElseThrow(() -> noContext(id));
        return ResponseEntity.ok().contentType(MediaType.parseMediaType("application/gzip")).body(file);
    }

    private static Problem noContext(VersionId id) {
        return Problem.notFound("There is no context of version " + id + ".");
    }
}
