// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.identity;

import dev.assay.contracts.TeamId;
import dev.assay.contracts.UserId;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import jakarta.persistence.Transient;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.data.domain.Persistable;

/** A key that opens the public API for one user of one team, until it is revoked. */
@Entity
@Table(name = "api_keys")
class ApiKey implements Persistable<UUID> {

    @Id
    private UUID id;

    private UUID teamId;
    private UUID userId;
    private String name;
    private byte[] hash;
    private String hint;
    private Instant createdAt;
    private @Nullable Instant revokedAt;

    @Transient
    private boolean fresh;

    @SuppressWarnings("NullAway.Init") // for JPA
    protected ApiKey() {}

    ApiKey(TeamId team, UserId user, String name, KeyText text, Instant now) {
        this.id = UUID.randomUUID();
        this.teamId = team.value();
        this.userId = user.value();
        this.name = name;
        this.hash = text.hash();
        this.hint = text.hint();
        this.createdAt = now;
        this.fresh = true;
    }

    void revoke(Instant now) {
        if (revokedAt == null) {
            revokedAt = now;
        }
    }

    @Override
    public UUID getId() {
        return id;
    }

    @Override
    public boolean isNew() {
        return fresh;
    }

    TeamId team() {
        return new TeamId(teamId);
    }

    UserId user() {
        return new UserId(userId);
    }

    String name() {
        return name;
    }

    byte[] hash() {
        return hash.clone();
    }

    String hint() {
        return hint;
    }

    Instant createdAt() {
        return createdAt;
    }
}
