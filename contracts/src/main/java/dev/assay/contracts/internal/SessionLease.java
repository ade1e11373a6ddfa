// SPDX-License-Identifier: Apache-2.0

package dev.assay.contracts.internal;

import dev.assay.contracts.SessionId;
import dev.assay.contracts.TeamId;

/**
 * A session that a worker is to open ({@code POST /internal/sessions/leases} with a {@link LeaseRequest}; 204: none).
 *
 * @param attempt the fencing token
 * @param ttlMillis how long the lease holds from now; renew well before
 * @param longestMillis after which the sandbox ends whoever still uses it
 * @param environment the environment's name as the client gave it
 */
public record SessionLease(SessionId session, TeamId team, int attempt, long ttlMillis, long longestMillis, String environment) {}
