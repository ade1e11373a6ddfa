// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.run;

import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A run as it stands in the database.
 *
 * @param createdAt when it was first heard of
 * @param startedAt when its first lease was taken, or its client entered it
 * @param readAt the database's time when it was read: whoever decides what becomes of the run goes by that, whatever the clock of the
 *     replica that decides
 */
public record Run(
        RunId id,
        TeamId team,
        RunFacts facts,
        RunState state,
        Instant createdAt,
        @Nullable Instant startedAt,
        Instant readAt) {}
