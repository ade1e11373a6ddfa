// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.timeline;

import dev.assay.contracts.RunId;
import dev.assay.kit.identity.Admits;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import dev.assay.kit.openapi.Refuses;
import dev.assay.kit.problem.Problem;
import dev.assay.kit.rest.LargeEvaluations;
import dev.assay.kit.web.RunRef;
import dev.assay.sdk.protocol.Json;
import dev.assay.trace.run.TracedRun;
import dev.assay.trace.span.SpanMark;
import dev.assay.trace.span.SpanStore.Scope;
import dev.assay.trace.timeline.Timeline.Told;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What happened in a run. */
@RestController
@Admits(Role.VIEWER)
@RequestMapping("/v2/trace/{id}")
@Tag(name = "traces", description = "Timelines of runs")
class TimelineController {

    private static final int MOST_ENTRIES = 500;
    private static final JsonNode NOTHING = Json.object();

    private final Timeline timeline;
    private final LargeEvaluations largeEvaluations;
    private final JsonMapper json;

    TimelineController(Timeline timeline, LargeEvaluations largeEvaluations, JsonMapper json) {
        this.timeline = timeline;
        this.largeEvaluations = largeEvaluations;
        this.json = json;
    }

    @GetMapping(path = "/events", produces = MediaType.APPLICATION_JSON_VALUE)
    @Operation(
            summary = "List a run's events",
            description = "All of them, in order. With since_seq: only those that have arrived since, in order of arrival; pass the last "
                    + "answer's latest_seq. Only the latest attempt is told: where `attempts` has grown since, the run has begun "
                    + "again, and what follows is that attempt from its first event on.")
    @ApiResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = EventsView.class)))
    void events(
            Caller caller,
            @PathVariable String id,
            @RequestParam(name = "since_seq", defaultValue = "-1") long sinceSeq,
            @Parameter(hidden = true) HttpServletResponse response)
            throws IOException {
        var told = timeline.of(new RunId(RunRef.ofRun("id", id).id()), caller.team());
        response.setContentType(MediaType.APPLICATION_JSON_VALUE);
        // Closed only when all is written: closed by a failure it would end the list well, as if there were no more.
        var out = json.createGenerator(response.getOutputStream());
        out.writeStartObject();
        out.writeArrayPropertyStart("events");
        if (told.scope() != null && sinceSeq < 0) {
            tell(told.scope(), out);
        } else if (told.scope() != null) {
            tellNews(told.scope(), sinceSeq, out);
        }
        out.writeEndArray();
        out.writeNumberProperty("latest_seq", told.latestSeq());
        out.writeNumberProperty("attempts", told.attempts());
        out.writeStringProperty("status", told.status());
        out.writePOJOProperty("reward", told.run() == null ? null : told.run().reward());
        out.writeEndObject();
        out.close();
    }

    private void tell(Scope scope, JsonGenerator out) {
        var telling = timeline.telling(scope, Bookmark.BEGINNING, MOST_ENTRIES);
        for (var marks = telling.next(MOST_ENTRIES); !marks.isEmpty(); marks = telling.next(MOST_ENTRIES)) {
            write(scope, marks, out);
        }
    }

    private void tellNews(Scope scope, long sinceSeq, JsonGenerator out) {
        var marks = timeline.arrivedAfter(scope, sinceSeq, MOST_ENTRIES);
        while (!marks.isEmpty()) {
            write(scope, marks, out);
            marks = timeline.arrivedAfter(scope, marks.getLast().seq(), MOST_ENTRIES);
        }
    }

    private void write(Scope scope, List<SpanMark> marks, JsonGenerator out) {
        var bodies = timeline.bodies(scope, marks.stream().filter(mark -> Entry.isTold(mark) && Entry.needsBody(mark)).toList());
        for (var mark : marks) {
            if (Entry.isCall(mark)) {
                continue; // the published client knows of none, and would show its run's calls as somebody's words
            }
            out.writePOJO(Event.of(mark, Objects.requireNonNullElse(bodies.get(mark.spanId()), NOTHING)));
        }
    }

    @Admits({Role.VIEWER, Role.SERVICE})
    @GetMapping("/timeline")
    @Operation(
            summary = "Get a page of a run's timeline",
            description = "Prompts, model turns, tool calls with results, grades, file changes, model calls; and what is on record of "
                    + "the run. Steps go by their number, everything else by its time between them. `cursor` takes a page's `next`. At most 500 entries to a page. "
                    + "Of a run that was begun more than once the latest attempt is told, or the one that is asked for.")
    @Refuses(status = 409, when = "The run has begun again since the page that gave the cursor: read the timeline anew, from the start.")
    TimelineView timeline(
            Caller caller,
            @PathVariable String id,
            @Parameter(description = "A page's `next`.", schema = @Schema(type = "string", pattern = Bookmark.PATTERN))
                    @RequestParam(required = false)
                    @Nullable String cursor,
            @Parameter(schema = @Schema(type = "integer", format = "int32", minimum = "1", maximum = "500", defaultValue = "100"))
                    @RequestParam(defaultValue = "100")
                    int limit,
            @Parameter(
                            description = "Of a hosted run: which of its attempts. One that said nothing has no entries.",
                            schema = @Schema(type = "integer", format = "int32", minimum = "1"))
                    @RequestParam(required = false)
                    @Nullable Integer attempt) {
        if (attempt != null && attempt < 1) {
            throw Problem.badRequest("attempt", "must be at least 1");
        }
        if (limit < 1 || limit > MOST_ENTRIES) {
            throw Problem.badRequest("limit", "must be between 1 and " + MOST_ENTRIES);
        }
        var run = new RunId(RunRef.ofRun("id", id).id());
        var from = cursor == null ? Bookmark.BEGINNING : Bookmark.of(cursor);
        var told = timeline.of(run, caller.team(), attempt);
        var evaluation = cursor == null ? evaluation(run, told.run()) : null;
        return page(run, told, evaluation, from, limit);
    }

    private @Nullable JsonNode evaluation(RunId id, @Nullable TracedRun run) {
        if (run == null) {
            return null;
        }
        return run.evaluationByReference() ? largeEvaluations.of(id, run.revision()) : run.evaluation();
    }

    private TimelineView page(RunId run, Told told, @Nullable JsonNode evaluation, Bookmark from, int limit) {
        var scope = told.scope();
        if (scope == null) {
            return TimelineView.of(run, told, evaluation, List.of(), from, false);
        }
        var telling = timeline.telling(scope, from, limit + 1);
        var marks = telling.next(limit);
        var bodies = timeline.bodies(scope, marks.stream().filter(Entry::needsBody).toList());
        var entries = marks.stream().map(mark -> Entry.of(mark, bodies.get(mark.spanId()))).toList();
        return TimelineView.of(run, told, evaluation, entries, telling.place(), !telling.isOver());
    }
}
