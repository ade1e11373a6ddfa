// SPDX-License-Identifier: Apache-2.0

package dev.assay.environment.version;

import dev.assay.contracts.EnvironmentName;
import dev.assay.contracts.TeamId;
import dev.assay.contracts.VersionId;
import dev.assay.contracts.internal.EnvironmentVersion;
import dev.assay.environment.registry.Registry;
import dev.assay.kit.blob.Blobs;
import dev.assay.kit.identity.Admits;
import dev.assay.kit.identity.Role;
import dev.assay.kit.problem.Problem;
import org.springframework.core.io.FileSystemResource;
import org.springframework.core.io.Resource;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.json.JsonMapper;

/** What workers ask: what does a name stand for now, and where is its context? */
@RestController
@Admits(Role.WORKER)
@RequestMapping("/internal")
class InternalVersionController {

    private final Registry registry;
    private final VersionCatalog versions;
    private final Blobs contexts;
    private final JsonMapper json;

    InternalVersionController(Registry registry, VersionCatalog versions, Blobs contexts, JsonMapper json) {
        this.registry = registry;
        this.versions = versions;
        this.contexts = contexts;
        this.json = json;
    }

    @Admits({Role.WORKER, Role.SERVICE})
    @GetMapping("/environments/resolve")
    EnvironmentVersion resolve(@RequestParam TeamId team, @RequestParam String name) {
        var environment = registry.find(team, EnvironmentName.of(name))
                .orElseThrow(() -> Problem.notFound("There is no environment '" + EnvironmentName.of(name) + "'."));
        var version = environment
                .latestVersion()
                .map(versions::require)
                .orElseThrow(() -> Problem.notFound("Environment '" + environment.name() + "' has no version that was built."));
        return new EnvironmentVersion(
                environment.id(),
                version.id(),
                environment.name(),
                version.declaredName(),
                version.number(),
                version.contextSha256(),
                registry.variables(environment),
                version.runtimeConfig() == null ? null : json.readTree(version.runtimeConfig()),
                json.readTree(version.manifest()));
    }

    @GetMapping("/versions/{id}/context")
    ResponseEntity<Resource> context(@PathVariable VersionId id) {
        var file = versions.find(id)
                .flatMap(version -> contexts.find(version.contextSha256()))
                .orElseThrow(() -> Problem.notFound("There is no context of version " + id + "."));
        return ResponseEntity.ok().contentType(MediaType.parseMediaType("application/gzip")).body(new FileSystemResource(file));
    }
}
