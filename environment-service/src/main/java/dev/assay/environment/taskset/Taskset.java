// SPDX-License-Identifier: Apache-2.0

package dev.assay.environment.taskset;

import dev.assay.contracts.TasksetId;
import dev.assay.environment.project.ProjectId;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;

/** Tasks that belong together, in an order. */
@Entity
@Table(name = "tasksets")
class Taskset {

    private static final Duration REPEAT = Duration.ofMinutes(1);

    @Id
    private UUID id;

    @Column(updatable = false) // the database's own: its place in the order in which tasksets were made
    private long seq;

    private UUID teamId;
    private UUID projectId;
    private String name;
    private UUID createdBy;
    private Instant createdAt;
    private Instant updatedAt;

    @SuppressWarnings("NullAway.Init")
    protected Taskset() {}

    TasksetId id() {
        return new TasksetId(id);
    }

    ProjectId project() {
        return new ProjectId(projectId);
    }

    String name() {
        return name;
    }

    Instant createdAt() {
        return createdAt;
    }

    Instant updatedAt() {
        return updatedAt;
    }

    void changed(Instant now) {
        updatedAt = now;
    }

    /** Whether making it again in this way is the same request once more: clients repeat what got no answer. */
    boolean isRepeatedBy(UUID user, ProjectId project, Instant now) {
        return createdBy.equals(user) && projectId.equals(project.value()) && Duration.between(createdAt, now).compareTo(REPEAT) <= 0;
    }
}
