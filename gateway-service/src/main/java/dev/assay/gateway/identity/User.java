// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.identity;

import dev.assay.contracts.TeamId;
import dev.assay.contracts.UserId;
import dev.assay.kit.identity.Role;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Somebody of a team. */
@Entity
@Table(name = "users")
class User {

    @Id
    private UUID id;

    private UUID teamId;
    private String name;

    @Enumerated(EnumType.STRING)
    private Role role;

    private Instant createdAt;
    private @Nullable String email;
    private @Nullable Instant removedAt;

    @SuppressWarnings("NullAway.Init") // for JPA
    protected User() {}

    UserId id() {
        return new UserId(id);
    }

    TeamId team() {
        return new TeamId(teamId);
    }

    String name() {
        return name;
    }

    /** In small letters; null: none is known. */
    @Nullable String email() {
        return email;
    }

    /** Whether they are of the team no more. */
    boolean isRemoved() {
        return removedAt != null;
    }

    Role role() {
        return role;
    }

    void is(Role other) {
        role = other;
    }
}
