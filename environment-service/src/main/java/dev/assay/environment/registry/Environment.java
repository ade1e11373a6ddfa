// SPDX-License-Identifier: Apache-2.0

package dev.assay.environment.registry;

import dev.assay.contracts.BuildId;
import dev.assay.contracts.EnvironmentId;
import dev.assay.contracts.VersionId;
import dev.assay.environment.project.ProjectId;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** An environment of a team, whatever its version. */
@Entity
@Table(name = "environments")
public class Environment {

    @Id
    private UUID id;

    @Column(updatable = false) // the database's own
    private long seq;

    private UUID teamId;
    private UUID projectId;
    private String name;
    private int lastNumber;
    private @Nullable Integer latestNumber;
    private @Nullable UUID latestVersionId;
    private @Nullable UUID latestBuildId;
    private @Nullable String variables;
    private Instant createdAt;
    private Instant updatedAt;

    @SuppressWarnings("NullAway.Init")
    protected Environment() {}

    public EnvironmentId id() {
        return new EnvironmentId(id);
    }

    /** Its place among all environments, in the order in which they were made. */
    long seq() {
        return seq;
    }

    public ProjectId project() {
        return new ProjectId(projectId);
    }

    /** The normalized name. */
    public String name() {
        return name;
    }

    /** The newest version that was built. */
    public Optional<VersionId> latestVersion() {
        return Optional.ofNullable(latestVersionId).map(VersionId::new);
    }

    /** The number of the newest version, built or not: as many there are, and as many builds. */
    public int lastNumber() {
        return lastNumber;
    }

    @Nullable Integer latestNumber() {
        return latestNumber;
    }

    @Nullable BuildId latestBuild() {
        return latestBuildId == null ? null : new BuildId(latestBuildId);
    }

    @Nullable String sealedVariables() {
        return variables;
    }

    Instant createdAt() {
        return createdAt;
    }

    Instant updatedAt() {
        return updatedAt;
    }

    void keep(@Nullable String sealedVariables) {
        variables = sealedVariables;
    }

    public void moveTo(ProjectId project) {
        projectId = project.value();
    }

    /** The number of a new version. Whoever calls holds the row's lock. */
    public int nextNumber(Instant now) {
        updatedAt = now;
        return ++lastNumber;
    }

    /** A version was built. One that was triggered earlier but built later does not replace a newer one. */
    public void built(VersionId version, int number, BuildId build, Instant now) {
        if (latestNumber == null || latestNumber < number) {
            latestNumber = number;
            latestVersionId = version.value();
            latestBuildId = build.value();
            updatedAt = now;
        }
    }
}
