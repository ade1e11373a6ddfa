// SPDX-License-Identifier: Apache-2.0

package dev.assay.contracts.internal;

import dev.assay.contracts.SessionId;
import dev.assay.contracts.TeamId;
import dev.assay.contracts.VersionId;
import org.jspecify.annotations.Nullable;

/**
 * A session that a worker is to open ({@code POST /internal/sessions/leases} with a {@link LeaseRequest}; 204: none).
 *
 * @param attempt the fencing token
 * @param ttlMillis how long the lease holds from now; renew well before
 * @param longestMillis after which the sandbox ends whoever still uses it
 * @param environment the environment's name as the client gave it
 * @param version which version of it; null: the newest, as nobody could say when the session was opened
 * @param key what the environment asks judges with, and sends the spans of the session's run with, while this attempt holds; a secret. Null: a
 *     release that gave none
 */
public record SessionLease(
        SessionId session, TeamId team, int attempt, long ttlMillis, long longestMillis, String environment, @Nullable VersionId version,
        @Nullable String key) {

    /** Without the key. */
    @Override
    public String toString() {
        return "SessionLease[session=" + session + ", attempt=" + attempt + "]";
    }
}
