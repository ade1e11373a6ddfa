// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.timeline;

import dev.assay.kit.identity.Admits;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import dev.assay.kit.problem.Problem;
import dev.assay.sdk.protocol.Json;
import dev.assay.trace.run.Evaluations;
import dev.assay.trace.run.RunIds;
import dev.assay.trace.span.SpanMark;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

/** What happened in a run. */
@RestController
@Admits(Role.VIEWER)
@RequestMapping("/v2/trace/{id}")
@Tag(name = "traces", description = "Timelines of runs")
class TimelineController {

    private static final int MOST_ENTRIES = 500;
    private static final JsonNode NOTHING = Json.object();

    private final Timeline timeline;
    private final Evaluations evaluations;

    TimelineController(Timeline timeline, Evaluations evaluations) {
        this.timeline = timeline;
        this.evaluations = evaluations;
    }

    @GetMapping("/events")
    @Operation(
            summary = "List a run's events",
            description = "In order. With since_seq: only those that have arrived since; pass the last answer's latest_seq.")
    EventsView events(Caller caller, @PathVariable String id, @RequestParam(name = "since_seq", defaultValue = "-1") long sinceSeq) {
        var told = timeline.of(RunIds.of(id), caller.team());
        var marks = told.order().spans().stream().filter(mark -> mark.seq() > sinceSeq).toList();
        var bodies = timeline.bodies(told, marks.stream().filter(mark -> "hud.step.v1".equals(mark.schema())).toList());
        var events = marks.stream().map(mark -> Event.of(mark, payload(bodies.get(mark.spanId())))).toList();
        return new EventsView(events, told.latestSeq(), told.status(), told.run() == null ? null : told.run().reward());
    }

    @GetMapping("/timeline")
    @Operation(
            summary = "Get a page of a run's timeline",
            description = "Prompts, model turns, tool calls with results, grades, file changes; and what is on record of the run.")
    TimelineView timeline(
            Caller caller,
            @PathVariable String id,
            @RequestParam(required = false) @Nullable Long after,
            @Parameter(schema = @Schema(type = "integer", format = "int32", maximum = "500", defaultValue = "100")) @RequestParam(defaultValue = "100") int limit) {
        if (limit < 1 || limit > MOST_ENTRIES) {
            throw Problem.badRequest("limit", "must be between 1 and " + MOST_ENTRIES);
        }
        var run = RunIds.of(id);
        var told = timeline.of(run, caller.team());
        var ordered = told.order().spans();
        var page = Pages.after(ordered, after, limit);
        var bodies = timeline.bodies(told, page.stream().filter(Entry::needsBody).toList());
        var entries = page.stream().map(mark -> Entry.of(mark, bodies.get(mark.spanId()))).toList();
        return TimelineView.of(run, told, evaluations.of(run, told.run()), entries, next(page, ordered.isEmpty() ? null : ordered.getLast()));
    }

    private static @Nullable Long next(java.util.List<SpanMark> page, @Nullable SpanMark last) {
        return page.isEmpty() || page.getLast().equals(last) ? null : page.getLast().seq();
    }

    private static JsonNode payload(@Nullable JsonNode span) {
        return Objects.requireNonNullElse(span, NOTHING).path("attributes").path("hud.payload");
    }
}
