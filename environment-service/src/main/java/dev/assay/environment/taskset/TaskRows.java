// SPDX-License-Identifier: Apache-2.0

package dev.assay.environment.taskset;

import dev.assay.contracts.TasksetId;
import dev.assay.contracts.TeamId;
import dev.assay.contracts.internal.CurrentTask;
import dev.assay.environment.listing.Page;
import dev.assay.environment.listing.Window;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Tasks as people ask for them: each for itself whole, in lists without what is large. */
@Component
class TaskRows {

    /** What of a task is JSON of any size, as its column and as the wire are called. */
    private static final List<String> PARTS = List.of("args", "validation", "agent_config", "columns", "runtime_config", "verifier");

    private static final String SELECT = "select id, position, updated_at, revision, name, env, task_id, "
            + PARTS.stream()
                    .map(part -> "case when octet_length(%1$s) <= :largest then %1$s end as %1$s, octet_length(%1$s) as %1$s_size".formatted(part))
                    .collect(Collectors.joining(", "))
            + " from tasks where taskset_id = :taskset and ";

    private static final String SIZE =
            PARTS.stream().map("cast(coalesce(octet_length(%s), 0) as bigint)"::formatted).collect(Collectors.joining(" + "));

    private static final int FEW = 200;
    private static final int BYTES_AT_ONCE = 4_000_000;

    private final JdbcClient jdbc;

    TaskRows(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * @param version another one whenever any part of it is another one
     * @param position in the taskset, from 0
     * @param leftOut parts that are null only because they are too large for a list
     */
    record TaskRow(UUID id, UUID version, int position, Instant updatedAt, TaskFields fields, List<String> leftOut) {}

    /** The next few tasks behind a position, whole: one may be as large as an upload, and no more than that is read at once. */
    List<TaskRow> after(TasksetId taskset, int position) {
        return jdbc.sql(SELECT + """
                        position > :after and position <= (
                            select max(position) from (
                                select position, sum(size) over (order by position) - size as bytes_before
                                from (
                                    select position, %s as size from tasks
                                    where taskset_id = :taskset and position > :after order by position limit :few) as next
                            ) as few
                            where bytes_before < :bytes)
                        order by position""".formatted(SIZE))
                .param("taskset", taskset.value())
                .param("after", position)
                .param("few", FEW)
                .param("bytes", BYTES_AT_ONCE)
                .param("largest", Integer.MAX_VALUE)
                .query((row, n) -> row(row, Integer.MAX_VALUE))
                .list();
    }

    Optional<TaskRow> find(TasksetId taskset, UUID id) {
        return jdbc.sql(SELECT + "id = :id")
                .param("taskset", taskset.value())
                .param("id", id)
                .param("largest", Integer.MAX_VALUE)
                .query((row, n) -> row(row, Integer.MAX_VALUE))
                .optional();
    }

    /** Those of the tasks that the team has, as they stand now. */
    List<CurrentTask> current(TeamId team, List<UUID> ids) {
        return jdbc.sql("""
                        select tasks.id, tasks.revision, tasks.name from tasks join tasksets on tasksets.id = tasks.taskset_id
                        where tasks.id in (:ids) and tasksets.team_id = :team""")
                .param("ids", ids)
                .param("team", team.value())
                .query((row, n) -> {
                    var id = row.getObject("id", UUID.class);
                    return new CurrentTask(id, version(id, row.getInt("revision")), row.getString("name"));
                })
                .list();
    }

    private static UUID version(UUID id, int revision) {
        return UUID.nameUUIDFromBytes((id + " " + revision).getBytes(StandardCharsets.UTF_8));
    }

    /** In display order. An offset is a position: positions begin at 0, and none is left out. */
    List<TaskRow> list(TasksetId taskset, Window window) {
        return jdbc.sql(SELECT + "position >= :offset order by position limit :limit")
                .param("taskset", taskset.value())
                .param("offset", window.offset())
                .param("limit", window.limit())
                .param("largest", Page.LARGEST_PART)
                .query((row, n) -> row(row, Page.LARGEST_PART))
                .list();
    }

    private static TaskRow row(ResultSet row, int largest) throws SQLException {
        var leftOut = new ArrayList<String>();
        for (var part : PARTS) {
            if (row.getInt(part + "_size") > largest) {
                leftOut.add(part);
            }
        }
        var id = row.getObject("id", UUID.class);
        return new TaskRow(
                id,
                version(id, row.getInt("revision")),
                row.getInt("position"),
                row.getObject("updated_at", OffsetDateTime.class).toInstant(),
                new TaskFields(
                        row.getString("name"),
                        row.getString("env"),
                        row.getString("task_id"),
                        Objects.requireNonNullElse(row.getString("args"), "null"),
                        row.getString("validation"),
                        row.getString("agent_config"),
                        row.getString("columns"),
                        row.getString("runtime_config"),
                        row.getString("verifier")),
                leftOut);
    }
}
