// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.timeline;

import dev.assay.contracts.JobId;
import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.kit.problem.Problem;
import dev.assay.kit.rest.RunsOfJobs.Page;
import dev.assay.kit.rows.ParquetColumn;
import dev.assay.kit.rows.ParquetColumn.Type;
import dev.assay.kit.rows.RowSink;
import dev.assay.sdk.protocol.Json;
import dev.assay.trace.timeline.Timeline.Told;
import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ObjectNode;

/** Timelines as rows, run after run, an entry to a row. What is not there of a run is a row of its own, which says so. */
@Component
class ExportedSteps {

    private static final int AT_ONCE = 500;
    private static final Set<String> FINAL = Set.of("completed", "error", "cancelled");

    private final Timeline timeline;

    ExportedSteps(Timeline timeline) {
        this.timeline = timeline;
    }

    /** What most entries have stands in columns of its own; all of an entry in one. */
    static List<ParquetColumn> columns() {
        return Stream.concat(
                        Stream.of("run_id", "job_id", "missing", "id", "kind", "started_at", "ended_at", "name", "text", "tool_name", "result_text", "error", "entry")
                                .map(name -> ParquetColumn.one(Type.TEXT, name)),
                        Stream.of(
                                ParquetColumn.one(Type.INT, "attempts"),
                                ParquetColumn.one(Type.INT, "step"),
                                ParquetColumn.one(Type.LONG, "seq"),
                                ParquetColumn.one(Type.LONG, "omitted_bytes")))
                .toList();
    }

    /** Rows of a table are as wide as its columns: what else an entry has is found in the whole of it. */
    static RowSink asTable(RowSink rows) {
        return new RowSink() {
            @Override
            public void row(ObjectNode row) throws IOException {
                rows.row(row.has("kind") ? row.put("entry", row.toString()) : row);
            }

            @Override
            public void end() throws IOException {
                rows.end();
            }
        };
    }

    void write(JobId job, TeamId team, Iterator<Page> pages, RowSink rows) throws IOException {
        while (pages.hasNext()) {
            for (var run : pages.next().items()) {
                write(Page.run(run), job, team, rows);
            }
        }
    }

    private void write(RunId run, JobId job, TeamId team, RowSink rows) throws IOException {
        try {
            write(run, job, timeline.of(run, team), rows);
        } catch (Problem e) {
            if (e.getStatusCode() != HttpStatus.NOT_FOUND) {
                throw e;
            }
            rows.row(Json.object().put("run_id", run.toString()).put("job_id", job.toString()).put("missing", "all of it: there is no such run any more"));
        }
    }

    /** @param job null: nobody has said of which job the run is */
    void write(RunId run, @Nullable JobId job, Told told, RowSink rows) throws IOException {
        var scope = told.scope();
        var any = false;
        if (scope != null) {
            var telling = timeline.telling(scope, Bookmark.BEGINNING, AT_ONCE);
            for (var marks = telling.next(AT_ONCE); !marks.isEmpty(); marks = telling.next(AT_ONCE)) {
                var bodies = timeline.bodies(scope, marks.stream().filter(Entry::needsBody).toList());
                for (var mark : marks) {
                    var row = begun(run, job, told);
                    row.setAll(Entry.of(mark, bodies.get(mark.spanId())));
                    rows.row(row);
                    any = true;
                }
            }
        }
        var missing = missing(told, any);
        if (missing != null) {
            rows.row(begun(run, job, told).put("missing", missing));
        }
    }

    private static @Nullable String missing(Told told, boolean any) {
        var known = told.run();
        if (known != null && known.clearedAt() != null) {
            return "its steps, which were deleted on " + known.clearedAt();
        }
        if (!FINAL.contains(told.status())) {
            return "what is still to come: the run is " + told.status();
        }
        return any ? null : "its steps: none has come";
    }

    private static ObjectNode begun(RunId run, @Nullable JobId job, Told told) {
        return Json.object()
                .put("run_id", run.toString())
                .put("job_id", job == null ? null : job.toString())
                .put("attempts", told.attempts());
    }
}
