// SPDX-License-Identifier: Apache-2.0

package dev.assay.environment.project;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A folder of a team's environments and tasksets. Every team has one that is the default. */
@Entity
@Table(name = "projects")
public class Project {

    private static final Duration REPEAT = Duration.ofMinutes(1);

    @Id
    private UUID id;

    private UUID teamId;
    private String name;
    private @Nullable String description;
    private boolean isDefault;
    private UUID createdBy;
    private Instant createdAt;

    @SuppressWarnings("NullAway.Init")
    protected Project() {}

    public ProjectId id() {
        return new ProjectId(id);
    }

    String name() {
        return name;
    }

    @Nullable String description() {
        return description;
    }

    boolean isDefault() {
        return isDefault;
    }

    Instant createdAt() {
        return createdAt;
    }

    /** Whether making it again in this way is the same request once more: clients repeat what got no answer. */
    boolean isRepeatedBy(UUID user, @Nullable String description, Instant now) {
        return createdBy.equals(user)
                && Objects.equals(this.description, description)
                && Duration.between(createdAt, now).compareTo(REPEAT) <= 0;
    }
}
