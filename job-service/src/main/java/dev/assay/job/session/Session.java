// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.session;

import dev.assay.contracts.RunId;
import dev.assay.contracts.SessionId;
import dev.assay.contracts.TeamId;
import dev.assay.contracts.VersionId;
import dev.assay.job.run.Needs;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A session as its row tells it.
 *
 * @param environment as the client gave it
 * @param version which one of the environment's; null: the newest, as nobody could say when the session was opened
 * @param run the run that it is for, if the client said so
 * @param runtime the kind that it needs
 * @param needs what it asks for of its worker's machine
 * @param readAt the database's time when it was read: what its state is judged by
 */
record Session(
        SessionId id, TeamId team, String environment, @Nullable VersionId version, @Nullable RunId run, String runtime, Needs needs, SessionState state,
        Instant readAt) {

    Session now(SessionState next) {
        return new Session(id, team, environment, version, run, runtime, needs, next, readAt);
    }
}
