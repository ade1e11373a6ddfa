// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.timeline;

import dev.assay.contracts.JobId;
import dev.assay.contracts.RunId;
import dev.assay.kit.rows.ParquetColumn;
import dev.assay.kit.rows.ParquetColumn.Type;
import dev.assay.kit.rows.RowSink;
import dev.assay.sdk.protocol.Json;
import dev.assay.trace.timeline.Timeline.Told;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ObjectNode;

/** Timelines as rows, run after run, an entry to a row. What is not there of a run is a row of its own, which says so. */
@Component
class ExportedSteps {

    static final String GONE = "all of it: there is no such run any more";

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

    /**
     * @param job null: nobody has said of which job the run is
     * @param told null: there is no such run any more
     */
    void write(RunId run, @Nullable JobId job, @Nullable Told told, RowSink rows) throws IOException {
        if (told == null) {
            rows.row(begun(run, job).put("missing", GONE));
            return;
        }
        var any = timeline.tell(told.scope(), (mark, body) -> {
            var row = begun(run, job).put("attempts", told.attempts());
            row.setAll(Entry.of(mark, body));
            rows.row(row);
        });
        var missing = missing(told, any);
        if (missing != null) {
            rows.row(begun(run, job).put("attempts", told.attempts()).put("missing", missing));
        }
    }

    /**
     * What is not there of a run; null: it is whole.
     *
     * @param any whether any step was told
     */
    static @Nullable String missing(Told told, boolean any) {
        var known = told.run();
        if (known != null && known.clearedAt() != null) {
            return "its steps, which were deleted on " + known.clearedAt();
        }
        if (!FINAL.contains(told.status())) {
            return "what is still to come: the run is " + told.status();
        }
        return any ? null : "its steps: none has come";
    }

    private static ObjectNode begun(RunId run, @Nullable JobId job) {
        return Json.object().put("run_id", run.toString()).put("job_id", job == null ? null : job.toString());
    }
}
