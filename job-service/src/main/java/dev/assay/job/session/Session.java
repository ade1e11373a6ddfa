// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.session;

import dev.assay.contracts.RunId;
import dev.assay.contracts.SessionId;
import dev.assay.contracts.TeamId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A session as its row tells it.
 *
 * @param environment as the client gave it
 * @param run the run that it is for, if the client said so
 * @param readAt the database's time when it was read: what its state is judged by
 */
record Session(SessionId id, TeamId team, String environment, @Nullable RunId run, SessionState state, Instant readAt) {

    Session now(SessionState next) {
        return new Session(id, team, environment, run, next, readAt);
    }
}
