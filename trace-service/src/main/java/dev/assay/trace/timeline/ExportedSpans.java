// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.timeline;

import dev.assay.contracts.JobId;
import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.kit.rows.RowSink;
import dev.assay.sdk.protocol.Json;
import dev.assay.trace.timeline.Timeline.Told;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Runs as lines of OTLP. What is not there of a run its own span says. */
@Component
class ExportedSpans {

    private final Timeline timeline;
    private final LiveRuns live;

    ExportedSpans(Timeline timeline, LiveRuns live) {
        this.timeline = timeline;
        this.live = live;
    }

    /**
     * @param job null: nobody has said of which job the run is
     * @param told null: there is no such run any more
     */
    void write(RunId run, TeamId team, @Nullable JobId job, @Nullable Told told, RowSink rows) throws IOException {
        var lines = new OtlpLines(rows);
        var spans = new RunSpans(run, job, lines);
        if (told == null) {
            spans.root("unknown", 0, Json.object(), ExportedSteps.GONE);
        } else {
            var known = live.find(run, team).orElse(Json.object());
            var any = timeline.tell(told.scope(), spans::span);
            spans.root(told.status(), told.attempts(), known, ExportedSteps.missing(told, any));
        }
        lines.flush();
    }
}
