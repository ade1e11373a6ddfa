// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.export;

import static dev.assay.kit.rows.SqlColumn.json;
import static dev.assay.kit.rows.SqlColumn.real;
import static dev.assay.kit.rows.SqlColumn.text;
import static dev.assay.kit.rows.SqlColumn.time;
import static dev.assay.kit.rows.SqlColumn.whole;

import dev.assay.contracts.JobId;
import dev.assay.kit.rows.RowSink;
import dev.assay.kit.rows.SqlColumn;
import java.io.IOException;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A job's runs, row by row, the newest first: what comes meanwhile is not among them. */
@Repository
class ExportedRuns {

    /** Errors may be long. No connection is held between one few and the next. */
    private static final int AT_ONCE = 500;

    static final List<SqlColumn> COLUMNS = List.of(
            text("run_id", "run.id::text"),
            text("ref", "ref"),
            text("job_id", "job_id::text"),
            text("group_id", "group_id"),
            text("parent_id", "parent_id::text"),
            text("task_slug", "slug"),
            text("task", "task"),
            text("task_version_id", "task_version_id::text"),
            text("environment", "environment"),
            whole("environment_version", "environment_version"),
            text("model", "model"),
            text("agent", "run.agent"),
            text("status", "status"),
            real("reward", "reward"),
            text("stop_reason", "stop_reason"),
            text("error", "error"),
            text("failure_kind", "failure_kind"),
            text("failure_phase", "failure_phase"),
            whole("attempt", "attempt"),
            time("created_at", "created_at"),
            time("start_time", "started_at"),
            time("end_time", "ended_at"),
            json("timings", "timings"));

    private final JdbcClient jdbc;
    private final JsonMapper mapper;

    ExportedRuns(JdbcClient jdbc, JsonMapper mapper) {
        this.jdbc = jdbc;
        this.mapper = mapper;
    }

    private record Placed(long seq, ObjectNode row) {}

    void write(JobId job, RowSink rows) throws IOException {
        for (var some = before(job, Long.MAX_VALUE); !some.isEmpty(); some = before(job, some.getLast().seq())) {
            for (var placed : some) {
                rows.row(placed.row());
            }
        }
    }

    private List<Placed> before(JobId job, long seq) {
        return jdbc.sql("select run.seq as place, " + SqlColumn.select(COLUMNS) + """
                 from run left join run_spec on run_spec.run_id = run.id left join run_result on run_result.run_id = run.id
                where job_id = :job and seq < :before order by seq desc limit :limit""")
                .param("job", job.value())
                .param("before", seq)
                .param("limit", AT_ONCE)
                .query((result, number) -> new Placed(result.getLong("place"), SqlColumn.row(COLUMNS, result, mapper)))
                .list();
    }
}
