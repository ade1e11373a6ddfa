// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.timeline;

import dev.assay.trace.span.SpanMark;
import dev.assay.trace.span.SpanStore.Place;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;

/** Tells a run's steps to the rest of this service, a few at a time. */
@Component
public class ToldRuns {

    private static final int AT_ONCE = 200;

    private final Timeline timeline;

    ToldRuns(Timeline timeline) {
        this.timeline = timeline;
    }

    /**
     * All steps of the latest attempt, in order: what is none, and model calls, are left out.
     *
     * @param wanted whether entries are read still; once they are not, marks are told alone
     * @param listener is given each with its entry as the timeline tells it; null: it was not wanted, or is too large to be told
     */
    public void tell(Place place, BooleanSupplier wanted, BiConsumer<SpanMark, @Nullable JsonNode> listener) {
        var scope = timeline.latest(place);
        var telling = timeline.telling(scope, Bookmark.BEGINNING, AT_ONCE);
        for (var marks = telling.next(AT_ONCE); !marks.isEmpty(); marks = telling.next(AT_ONCE)) {
            var steps = marks.stream().filter(Entry::isTold).toList();
            var bodies = timeline.bodies(scope, wanted.getAsBoolean() ? steps.stream().filter(Entry::needsBody).toList() : List.of());
            for (var step : steps) {
                var body = bodies.get(step.spanId());
                listener.accept(step, body == null ? null : Entry.of(step, body));
            }
        }
    }
}
