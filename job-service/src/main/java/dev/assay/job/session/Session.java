// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.session;

import dev.assay.contracts.RunId;
import dev.assay.contracts.SessionId;
import dev.assay.contracts.TeamId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A session as its row tells it. */
record Session(
        SessionId id,
        TeamId team,
        String environment,
        @Nullable RunId run,
        SessionState state,
        int attempt,
        @Nullable String worker,
        @Nullable String address,
        @Nullable String error,
        Instant createdAt,
        @Nullable Instant endedAt) {

    static Session read(ResultSet row, int number) throws SQLException {
        var run = row.getObject("run_id", UUID.class);
        return new Session(
                new SessionId(row.getObject("id", UUID.class)),
                new TeamId(row.getObject("team_id", UUID.class)),
                row.getString("environment"),
                run == null ? null : new RunId(run),
                SessionState.of(row.getString("state")),
                row.getInt("attempt"),
                row.getString("worker"),
                row.getString("address"),
                row.getString("error"),
                row.getTimestamp("created_at").toInstant(),
                instant(row.getTimestamp("ended_at")));
    }

    private static @Nullable Instant instant(@Nullable Timestamp time) {
        return time == null ? null : time.toInstant();
    }
}
