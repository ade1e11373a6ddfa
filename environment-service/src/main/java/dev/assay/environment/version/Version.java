// SPDX-License-Identifier: Apache-2.0

package dev.assay.environment.version;

import dev.assay.contracts.EnvironmentId;
import dev.assay.contracts.TeamId;
import dev.assay.contracts.VersionId;
import dev.assay.contracts.internal.BuiltImage;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import jakarta.persistence.Transient;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.data.domain.Persistable;

/** One version of an environment: an uploaded context and, once it was built, what it declared when it was started. */
@Entity
@Table(name = "versions")
public class Version implements Persistable<UUID> {

    @Id
    private UUID id;

    private UUID environmentId;
    private UUID teamId;
    private int number;
    private String declaredName;
    private String contextSha256;
    private long contextSize;
    private @Nullable String runtimeProvider;
    private @Nullable String runtimeConfig;
    private @Nullable String manifest;
    private @Nullable String image;
    private @Nullable String imageEngine;
    private @Nullable String notAsProcess;
    private @Nullable String services;
    private Instant createdAt;
    private @Nullable Instant builtAt;

    @Transient
    private boolean fresh;

    @SuppressWarnings("NullAway.Init")
    protected Version() {}

    /** A version that is still to be built. */
    public Version(EnvironmentId environment, TeamId team, int number, String declaredName, Context context, RuntimeDefaults runtime, Instant now) {
        this.id = UUID.randomUUID();
        this.environmentId = environment.value();
        this.teamId = team.value();
        this.number = number;
        this.declaredName = declaredName;
        this.contextSha256 = context.sha256();
        this.contextSize = context.size();
        this.runtimeProvider = runtime.provider();
        this.runtimeConfig = runtime.config();
        this.createdAt = now;
        this.fresh = true;
    }

    /** What was uploaded. */
    public record Context(String sha256, long size) {}

    /** Where and how its runs go unless they say otherwise; the config is JSON. */
    public record RuntimeDefaults(@Nullable String provider, @Nullable String config) {}

    public VersionId id() {
        return new VersionId(id);
    }

    TeamId team() {
        return new TeamId(teamId);
    }

    public EnvironmentId environment() {
        return new EnvironmentId(environmentId);
    }

    public int number() {
        return number;
    }

    public String declaredName() {
        return declaredName;
    }

    public String contextSha256() {
        return contextSha256;
    }

    /** JSON; null: none was given. */
    public @Nullable String runtimeConfig() {
        return runtimeConfig;
    }

    /** JSON, null until it was built. */
    @Nullable String manifest() {
        return manifest;
    }

    /** What it was built to; null: it runs from its context. */
    @Nullable BuiltImage image() {
        return image == null ? null : new BuiltImage(image, imageEngine, notAsProcess);
    }

    /** JSON, by service and recipe; null: none were built. */
    @Nullable String services() {
        return services;
    }

    /** That alone has what it was built to; null: none has. */
    @Nullable String engine() {
        return imageEngine;
    }

    /**
     * @param image null: it runs from its context
     * @param services of its Compose project, JSON; null: none were built
     * @param engine that alone has the services; null: none has
     */
    public void built(String manifest, @Nullable BuiltImage image, @Nullable String services, @Nullable String engine, Instant now) {
        this.manifest = manifest;
        this.image = image == null ? null : image.reference();
        this.services = services;
        this.imageEngine = image == null ? engine : image.engine();
        this.notAsProcess = image == null ? null : image.notAsProcess();
        this.builtAt = now;
    }

    @Override
    public UUID getId() {
        return id;
    }

    @Override
    public boolean isNew() {
        return fresh;
    }
}
