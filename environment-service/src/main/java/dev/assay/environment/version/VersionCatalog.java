// SPDX-License-Identifier: Apache-2.0

package dev.assay.environment.version;

import dev.assay.contracts.EnvironmentName;
import dev.assay.contracts.VersionId;
import dev.assay.environment.registry.Environment;
import java.util.Optional;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;
import tools.jackson.databind.json.JsonMapper;

/** The versions of environments. */
@Component
@Transactional
public class VersionCatalog {

    private final Versions versions;
    private final JsonMapper json;

    VersionCatalog(Versions versions, JsonMapper json) {
        this.versions = versions;
        this.json = json;
    }

    public void add(Version version) {
        versions.saveAndFlush(version);
    }

    public Version require(VersionId id) {
        return versions.findById(id.value()).orElseThrow();
    }

    Optional<Version> find(VersionId id) {
        return versions.findById(id.value());
    }

    /** What the environment was called when it was last deployed, as its code has it; empty if it never was. */
    public Optional<String> declaredName(Environment environment) {
        return versions.newest(environment.id().value()).map(Version::declaredName);
    }

    /** Whether the environment is the one that is meant by a name; not if another merely has the same form for clients. */
    public boolean isMeant(Environment environment, String name) {
        var normalized = environment.name().equals(name);
        return normalized || declaredName(environment).filter(known -> EnvironmentName.areOthers(known, name)).isEmpty();
    }

    /** What the environment's newest built version declares; empty if none was built. */
    public Optional<Manifest> manifest(Environment environment) {
        return environment.latestVersion().map(id -> Manifest.of(json.readTree(require(id).manifest())));
    }
}
