// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.identity;

import dev.assay.contracts.TeamId;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;

/** Owns everything that its keys make. */
@Entity
@Table(name = "teams")
class Team {

    @Id
    private UUID id;

    private String name;
    private Instant createdAt;

    @SuppressWarnings("NullAway.Init") // for JPA
    protected Team() {}

    TeamId id() {
        return new TeamId(id);
    }

    String name() {
        return name;
    }
}
