// SPDX-License-Identifier: Apache-2.0

package dev.assay.contracts.internal;

import dev.assay.contracts.JobId;
import dev.assay.contracts.TeamId;
import org.jspecify.annotations.Nullable;

/**
 * {@code GET /internal/runs/{run}/place}: whose run it is, and of which job. 404 for a run that there is not; asking makes none.
 *
 * @param job null: it is of none
 */
public record RunPlace(TeamId team, @Nullable JobId job) {}
