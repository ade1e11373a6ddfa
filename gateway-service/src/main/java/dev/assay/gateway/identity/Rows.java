// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.identity;

import dev.assay.contracts.TeamId;
import dev.assay.contracts.UserId;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** How this feature's tables say what they say. */
final class Rows {

    private Rows() {}

    static @Nullable OffsetDateTime utc(@Nullable Instant time) {
        return time == null ? null : time.atOffset(ZoneOffset.UTC);
    }

    static @Nullable Instant time(ResultSet row, String column) throws SQLException {
        var time = row.getObject(column, OffsetDateTime.class);
        return time == null ? null : time.toInstant();
    }

    /** The user of the columns {@code team_id}, {@code user_id} and {@code role}. */
    static Caller caller(ResultSet row, int number) throws SQLException {
        return caller(row, "team_id", "user_id", "role");
    }

    static Caller caller(ResultSet row, String team, String user, String role) throws SQLException {
        return new Caller(
                new TeamId(row.getObject(team, UUID.class)), new UserId(row.getObject(user, UUID.class)),
                Role.valueOf(row.getString(role)));
    }
}
