// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.identity;

import dev.assay.contracts.UserId;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;

/** Somebody of a team. */
@Entity
@Table(name = "users")
class User {

    @Id
    private UUID id;

    private UUID teamId;
    private String name;
    private Instant createdAt;

    @SuppressWarnings("NullAway.Init") // for JPA
    protected User() {}

    UserId id() {
        return new UserId(id);
    }

    String name() {
        return name;
    }
}
