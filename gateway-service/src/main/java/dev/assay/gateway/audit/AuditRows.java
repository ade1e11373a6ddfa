// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.audit;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Reads what was taken down. */
@Repository
class AuditRows {

    private final JdbcClient jdbc;

    AuditRows(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * Something that was done.
     *
     * @param before JSON; null: it was not there
     * @param after JSON; null: it is there no more
     */
    record Row(
            long id, Instant at, @Nullable UUID team, String actorKind, @Nullable UUID actorId, String actor, @Nullable UUID key,
            String action,
            String objectKind, String objectId, @Nullable String before, @Nullable String after, @Nullable String requestId,
            @Nullable String address) {}

    /** The latest first. @param before only what was taken down before this; null: all */
    List<Row> page(AuditQuery query, @Nullable Long before, int most) {
        var values = new LinkedHashMap<String, Object>();
        var where = new ArrayList<>(query.conditions(values));
        if (before != null) {
            where.add("id < :before");
            values.put("before", before);
        }
        var only = where.isEmpty() ? "" : " where " + String.join(" and ", where);
        return jdbc.sql("select * from audit" + only + " order by id desc limit " + most)
                .params(values)
                .query(AuditRows::row)
                .list();
    }

    private static Row row(ResultSet row, int number) throws SQLException {
        return new Row(
                row.getLong("id"),
                row.getObject("at", OffsetDateTime.class).toInstant(),
                row.getObject("team_id", UUID.class),
                row.getString("actor_kind"),
                row.getObject("actor_id", UUID.class),
                row.getString("actor"),
                row.getObject("key_id", UUID.class),
                row.getString("action"),
                row.getString("object_kind"),
                row.getString("object_id"),
                row.getString("before"),
                row.getString("after"),
                row.getString("request_id"),
                row.getString("address"));
    }
}
