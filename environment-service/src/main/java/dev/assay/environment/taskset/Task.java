// SPDX-License-Identifier: Apache-2.0

package dev.assay.environment.taskset;

import dev.assay.contracts.TasksetId;
import jakarta.persistence.Embedded;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One row of a taskset. */
@Entity
@Table(name = "tasks")
class Task {

    @Id
    private UUID id;

    private UUID tasksetId;
    private int position;

    @Embedded
    private TaskFields fields;

    private Instant createdAt;
    private Instant updatedAt;

    @Version
    private @Nullable Integer revision;

    @SuppressWarnings("NullAway.Init")
    protected Task() {}

    Task(TasksetId taskset, int position, TaskFields fields, Instant now) {
        this.id = UUID.randomUUID();
        this.tasksetId = taskset.value();
        this.position = position;
        this.fields = fields;
        this.createdAt = now;
        this.updatedAt = now;
    }

    TaskFields fields() {
        return fields;
    }

    void replace(TaskFields fields, Instant now) {
        if (!this.fields.equals(fields)) {
            this.fields = fields;
            this.updatedAt = now;
        }
    }
}
