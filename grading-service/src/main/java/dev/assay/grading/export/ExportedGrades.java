// SPDX-License-Identifier: Apache-2.0

package dev.assay.grading.export;

import static dev.assay.kit.rows.SqlColumn.json;
import static dev.assay.kit.rows.SqlColumn.real;
import static dev.assay.kit.rows.SqlColumn.text;
import static dev.assay.kit.rows.SqlColumn.time;
import static dev.assay.kit.rows.SqlColumn.whole;

import dev.assay.contracts.JobId;
import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.kit.problem.Problem;
import dev.assay.kit.rest.LargeEvaluations;
import dev.assay.kit.rest.RunsOfJobs.Page;
import dev.assay.kit.rows.ParquetColumn;
import dev.assay.kit.rows.ParquetColumn.Type;
import dev.assay.kit.rows.RowSink;
import dev.assay.kit.rows.SqlColumn;
import java.io.IOException;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The grades of a job's runs, run after run. Each run is a row: where there is no grade it says why. */
@Repository
class ExportedGrades {

    /** Each may have an evaluation of a quarter of a megabyte. */
    private static final int AT_ONCE = 50;

    private static final List<SqlColumn> GRADE = List.of(
            text("run_id", "run::text"),
            text("job_id", "job::text"),
            text("group_id", "group_id"),
            text("task_slug", "task_slug"),
            text("task_version_id", "task_version::text"),
            text("environment", "environment"),
            whole("environment_version", "environment_version"),
            text("model", "model"),
            text("agent", "agent"),
            text("status", "status"),
            real("reward", "reward"),
            text("stop_reason", "stop_reason"),
            text("error", "error"),
            text("failure_kind", "failure_kind"),
            text("failure_phase", "failure_phase"),
            whole("attempt", "attempt"),
            time("start_time", "started_at"),
            time("end_time", "finished_at"),
            json("evaluation", "evaluation"));

    private final JdbcClient jdbc;
    private final LargeEvaluations largeEvaluations;
    private final JsonMapper mapper;

    ExportedGrades(JdbcClient jdbc, LargeEvaluations largeEvaluations, JsonMapper mapper) {
        this.jdbc = jdbc;
        this.largeEvaluations = largeEvaluations;
        this.mapper = mapper;
    }

    static List<ParquetColumn> columns() {
        return Stream.concat(SqlColumn.parquet(GRADE).stream(), Stream.of(ParquetColumn.one(Type.TEXT, "missing"))).toList();
    }

    void write(JobId job, TeamId team, Iterator<Page> pages, RowSink rows) throws IOException {
        while (pages.hasNext()) {
            var runs = pages.next().items();
            for (var from = 0; from < runs.size(); from += AT_ONCE) {
                write(job, team, runs.subList(from, Math.min(from + AT_ONCE, runs.size())), rows);
            }
        }
    }

    private void write(JobId job, TeamId team, List<JsonNode> runs, RowSink rows) throws IOException {
        var grades = of(team, runs.stream().map(Page::run).toList());
        for (var run : runs) {
            var grade = grades.get(Page.run(run));
            rows.row(grade == null ? none(job, run) : withEvaluation(grade));
        }
    }

    private record Found(RunId run, int revision, boolean elsewhere, ObjectNode row) {}

    private Map<RunId, Found> of(TeamId team, List<RunId> runs) {
        var grades = new HashMap<RunId, Found>();
        jdbc.sql("select run as id, revision, evaluation_by_reference, " + SqlColumn.select(GRADE)
                        + " from grade where team = :team and run = any(:runs)")
                .param("team", team.value())
                .param("runs", runs.stream().map(RunId::value).toArray(UUID[]::new))
                .query((result, number) -> new Found(
                        new RunId(result.getObject("id", UUID.class)),
                        result.getInt("revision"),
                        result.getBoolean("evaluation_by_reference"),
                        SqlColumn.row(GRADE, result, mapper).putNull("missing")))
                .list()
                .forEach(found -> grades.put(found.run(), found));
        return grades;
    }

    private ObjectNode withEvaluation(Found found) {
        if (found.elsewhere()) {
            try {
                found.row().set("evaluation", largeEvaluations.of(found.run(), found.revision()));
            } catch (Problem e) {
                found.row().put("missing", "its evaluation, which cannot be had just now");
            }
        }
        return found.row();
    }

    private ObjectNode none(JobId job, JsonNode run) {
        var row = mapper.createObjectNode();
        GRADE.forEach(column -> row.putNull(column.name()));
        return row.put("run_id", Page.run(run).toString()).put("job_id", job.toString()).put("missing", Page.isOver(run)
                ? "its grade, which is on its way here"
                : "its grade: the run is not over, it is " + run.path("status").asString(""));
    }
}
