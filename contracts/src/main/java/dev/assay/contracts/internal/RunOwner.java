// SPDX-License-Identifier: Apache-2.0

package dev.assay.contracts.internal;

import dev.assay.contracts.TeamId;

/**
 * {@code POST /internal/runs/{run}/claim} with a team: whose run is it? The first team to name a run owns it. Answered with the owner,
 * which may be another team.
 */
public record RunOwner(TeamId team) {}
