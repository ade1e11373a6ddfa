// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.rows;

import dev.assay.kit.rows.ParquetColumn.Type;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A member of rows that a statement selects.
 *
 * @param sql what the database says under that name
 * @param json whether that is JSON; in a table it stands as its text
 */
public record SqlColumn(String name, String sql, Type type, boolean json) {

    public static SqlColumn text(String name, String sql) {
        return new SqlColumn(name, sql, Type.TEXT, false);
    }

    /** A time, in ISO 8601, to the microsecond that the database keeps. */
    public static SqlColumn time(String name, String sql) {
        return text(name, "to_char(" + sql + " at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')");
    }

    public static SqlColumn json(String name, String sql) {
        return new SqlColumn(name, sql, Type.TEXT, true);
    }

    public static SqlColumn whole(String name, String sql) {
        return new SqlColumn(name, sql, Type.INT, false);
    }

    public static SqlColumn real(String name, String sql) {
        return new SqlColumn(name, sql, Type.DOUBLE, false);
    }

    /** What stands behind {@code select}. */
    public static String select(List<SqlColumn> columns) {
        return columns.stream().map(column -> column.sql + " as " + column.name).collect(Collectors.joining(", "));
    }

    public static List<ParquetColumn> parquet(List<SqlColumn> columns) {
        return columns.stream().map(column -> ParquetColumn.one(column.type, column.name)).toList();
    }

    public static ObjectNode row(List<SqlColumn> columns, ResultSet result, JsonMapper json) throws SQLException {
        var row = json.createObjectNode();
        for (var column : columns) {
            var value = result.getObject(column.name);
            row.set(column.name, column.json && value != null ? json.readTree(value.toString()) : json.valueToTree(value));
        }
        return row;
    }
}
