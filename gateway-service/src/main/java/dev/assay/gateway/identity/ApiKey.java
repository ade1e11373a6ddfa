// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.identity;

import dev.assay.contracts.TeamId;
import dev.assay.contracts.UserId;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A key that opens the public API for one user of one team, until it ends or is revoked.
 *
 * @param hint its end, to recognize it by
 * @param expires null: it does not end by itself
 * @param lastUsed to the minute or so; null: never
 * @param replacedBy the key that took its place; null: none did
 */
record ApiKey(
        UUID id, TeamId team, UserId user, String name, String hint, Scopes scopes, @Nullable Instant expires, @Nullable Instant lastUsed,
        @Nullable UUID replacedBy, @Nullable KeyRecording recording, Instant createdAt) {

    boolean isOver(Instant now) {
        return expires != null && !expires.isAfter(now);
    }

    ApiKey with(String name, Scopes scopes, @Nullable Instant expires, @Nullable KeyRecording recording) {
        return new ApiKey(id, team, user, name, hint, scopes, expires, lastUsed, replacedBy, recording, createdAt);
    }
}
