// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.timeline;

import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.kit.problem.Problem;
import dev.assay.sdk.protocol.Json;
import dev.assay.trace.run.TracedRun;
import dev.assay.trace.run.TracedRuns;
import dev.assay.trace.span.SpanMark;
import dev.assay.trace.span.SpanStore;
import dev.assay.trace.span.SpanStore.Place;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import tools.jackson.databind.JsonNode;

/** Finds a run's spans for those who may see them, in the order in which they are told. */
@Service
class Timeline {

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
     */
    record Told(@Nullable TracedRun run, String status, Order order, @Nullable Place place) {

        long latestSeq() {
            return order.spans().stream().mapToLong(SpanMark::seq).max().orElse(-1);
        }
    }

    /** @throws Problem 404 for a run that there is not, or that is another team's */
    Told of(RunId id, TeamId team) {
        var run = runs.find(id).filter(found -> found.team().equals(team));
        if (run.isEmpty()) {
            var status = live.status(id, team).orElseThrow(() -> Problem.notFound("There is no run " + id + "."));
            return new Told(null, status, new Order(List.of(), 1), null);
        }
        var place = new Place(id, team, run.get().day());
        var status = Optional.ofNullable(run.get().status()).or(() -> live.status(id, team)).orElse("running");
        return new Told(run.get(), status, Order.of(spans.marks(place)), place);
    }

    /** The whole spans behind some marks, by id. */
    Map<String, JsonNode> bodies(Told told, List<SpanMark> marks) {
        var bodies = new HashMap<String, JsonNode>();
        if (told.place() != null && !marks.isEmpty()) {
            spans.bodies(told.place(), marks.stream().map(SpanMark::spanId).toList())
                    .forEach((id, body) -> bodies.put(id, Json.MAPPER.readTree(body)));
        }
        return bodies;
    }
}
