// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.timeline;

import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.kit.problem.Problem;
import dev.assay.kit.rest.RunsOfJobs.Page;
import dev.assay.sdk.protocol.Json;
import dev.assay.trace.run.TracedRun;
import dev.assay.trace.run.TracedRuns;
import dev.assay.trace.span.SpanMark;
import dev.assay.trace.span.SpanStore;
import dev.assay.trace.span.SpanStore.Place;
import dev.assay.trace.span.SpanStore.Scope;
import java.io.IOException;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Service;
import tools.jackson.databind.JsonNode;

/** Finds a run's spans for those who may see them, in the order in which they are told; never more of them than are asked for. */
@Service
class Timeline {

    /** Among so many steps, from the first, one that stands twice is looked for: whoever begins again begins with these. */
    private static final int FIRST_STEPS = 64;

    /** So many of the spans that came under these steps' numbers are looked at, the latest to arrive: more often nobody begins again. */
    private static final int MOST_LOOKED_AT = 1000;

    private static final int AT_ONCE = 500;

    private final TracedRuns runs;
    private final SpanStore spans;
    private final LiveRuns live;

    Timeline(TracedRuns runs, SpanStore spans, LiveRuns live) {
        this.runs = runs;
        this.spans = spans;
        this.live = live;
    }

    /**
     * A run that the team may see.
     *
     * @param run null: no span and no end of it has come yet
     * @param status of the moment
     * @param attempts how often it was begun, as far as its spans show
     * @param scope which of its spans are told; null: there are none
     */
    record Told(@Nullable TracedRun run, String status, int attempts, @Nullable Scope scope) {

        long latestSeq() {
            return scope == null ? -1 : scope.latestSeq();
        }
    }

    /** @throws Problem as of any attempt */
    Told of(RunId id, TeamId team) {
        return of(id, team, null);
    }

    /**
     * @param wanted which attempt of a hosted run; null: the latest
     * @throws Problem 404 for a run that there is not, or that is another team's; 503 while nobody can say whether there is one
     */
    Told of(RunId id, TeamId team, @Nullable Integer wanted) {
        var run = runs.find(id).filter(found -> found.team().equals(team));
        if (run.isEmpty()) {
            var status = live.status(id, team).orElseThrow(() -> Problem.notFound("There is no run " + id + "."));
            return new Told(null, status, 1, null);
        }
        var known = run.get();
        var place = new Place(id, team, known.day());
        var status = known.isGraded() ? known.status() : live.statusOfKnown(id, team, Objects.requireNonNullElse(known.status(), "running"));
        // begun again since: how it had ended holds no more
        var told = status.equals(known.status()) ? known : known.withoutEnd();
        var latest = spans.latestAttempt(place);
        var attempt = wanted == null ? latest : wanted;
        var beginning = beginning(place, attempt);
        return new Told(told, status, Math.max(latest, beginning.count()), scope(place, attempt, beginning));
    }

    /** What is told of a run unless an attempt is asked for, whoever may see it. */
    Scope latest(Place place) {
        var attempt = spans.latestAttempt(place);
        return scope(place, attempt, beginning(place, attempt));
    }

    private Scope scope(Place place, int attempt, Beginning beginning) {
        return new Scope(place, attempt, beginning.seq(), beginning.at(), spans.latestSeq(place, attempt));
    }

    private Beginning beginning(Place place, int attempt) {
        if (attempt > 0) {
            return Beginning.ONLY;
        }
        var repeated = Beginning.repeated(spans.firstSteps(place, FIRST_STEPS));
        return repeated.isEmpty()
                ? Beginning.ONLY
                : Beginning.latest(spans.upToStep(place, repeated.getAsInt(), MOST_LOOKED_AT), repeated.getAsInt());
    }

    /**
     * Told from some place on; nothing if there are no spans.
     *
     * @throws Problem 409 if the run has begun again since
     */
    Telling telling(Scope scope, Bookmark from, int batch) {
        return new Telling(spans, scope, from.in(scope), batch);
    }

    /** Whoever is told all that there is of a run. */
    interface Listener {

        /** @param body null: it is too large to be told */
        void span(SpanMark mark, @Nullable JsonNode body) throws IOException;
    }

    /**
     * Tells all of it, in order, a few at a time.
     *
     * @return whether there was anything
     */
    boolean tell(@Nullable Scope scope, Listener listener) throws IOException {
        if (scope == null) {
            return false;
        }
        var any = false;
        var telling = telling(scope, Bookmark.BEGINNING, AT_ONCE);
        for (var marks = telling.next(AT_ONCE); !marks.isEmpty(); marks = telling.next(AT_ONCE)) {
            var bodies = bodies(scope, marks.stream().filter(Entry::needsBody).toList());
            for (var mark : marks) {
                listener.span(mark, bodies.get(mark.spanId()));
                any = true;
            }
        }
        return any;
    }

    /** Whoever is told of each run of a job. */
    interface OfRun {

        /** @param told null: there is no such run any more */
        void run(RunId run, @Nullable Told told) throws IOException;
    }

    void each(Iterator<Page> pages, TeamId team, OfRun listener) throws IOException {
        while (pages.hasNext()) {
            for (var item : pages.next().items()) {
                var run = Page.run(item);
                listener.run(run, find(run, team));
            }
        }
    }

    private @Nullable Told find(RunId run, TeamId team) {
        try {
            return of(run, team);
        } catch (Problem e) {
            if (e.getStatusCode() != HttpStatus.NOT_FOUND) {
                throw e;
            }
            return null;
        }
    }

    /** What arrived after some span, in order of arrival: a few, and no more than can be held with their bodies. */
    List<SpanMark> arrivedAfter(Scope scope, long seq, int limit) {
        return Telling.bounded(spans.arrivedAfter(scope, seq, limit));
    }

    /** The whole spans behind some marks, by id. */
    Map<String, JsonNode> bodies(Scope scope, List<SpanMark> marks) {
        var bodies = new HashMap<String, JsonNode>();
        if (!marks.isEmpty()) {
            spans.bodies(scope.place(), marks.stream().map(SpanMark::spanId).toList())
                    .forEach((id, body) -> bodies.put(id, Json.MAPPER.readTree(body)));
        }
        return bodies;
    }
}
