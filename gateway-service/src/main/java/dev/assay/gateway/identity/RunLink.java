// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.identity;

import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A link by which anybody may read one run.
 *
 * @param hint how it ends, to tell it from others
 * @param madeBy the user
 * @param expires null: it does not end by itself
 */
record RunLink(UUID id, TeamId team, RunId run, String hint, UUID madeBy, Instant createdAt, @Nullable Instant expires) {

    boolean isOpen(Instant now) {
        return expires == null || now.isBefore(expires);
    }
}
