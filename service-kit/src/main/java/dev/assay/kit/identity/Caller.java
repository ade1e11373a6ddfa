// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.identity;

import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.contracts.UserId;
import org.jspecify.annotations.Nullable;

/**
 * Who is calling. A controller takes it as a parameter; the token that says it has been checked by then.
 *
 * @param team whose things may be seen and changed; all zeros for a worker or a service that speaks for itself
 * @param run the only run that this caller may touch, or null: any of the team's
 */
public record Caller(TeamId team, UserId user, Role role, @Nullable RunId run) {}
