// SPDX-License-Identifier: Apache-2.0

package dev.assay.contracts.internal;

import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import java.util.List;
import java.util.Map;

/**
 * {@code POST /internal/runs/groups}: in which groups a team's runs are. Of runs that are in none, or not the team's, nothing is said.
 *
 * @param groups by the run's id; equal for runs that are compared with each other, and nothing else
 */
public record RunGroups(Map<RunId, String> groups) {

    /** What is asked. */
    public record Ask(TeamId team, List<RunId> runs) {}
}
