// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.timeline;

import dev.assay.trace.span.SpanMark;
import dev.assay.trace.span.SpanMark.Position;
import dev.assay.trace.span.SpanStore;
import dev.assay.trace.span.SpanStore.Scope;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Tells a run's spans from some place on, reading them from the database as they are told: steps by their number, everything else by its
 * time between them. Each attempt's steps, and what is none, lie in that order already; here they are merged.
 */
final class Telling {

    /** Bodies of more than this are not held at once, but for a single larger one. */
    private static final long MOST_BYTES = 8L * 1024 * 1024;

    private final List<Lane> lanes;
    private Bookmark place;

    /** @param from a place {@link Bookmark#in} the scope */
    Telling(SpanStore spans, Scope scope, Bookmark from, int batch) {
        place = from;
        lanes = Stream.of(0, scope.attempt())
                .distinct()
                .flatMap(attempt -> Stream.of(
                        new Lane((behind, limit) -> spans.behind(scope, attempt, true, behind, limit), from.step(), batch),
                        new Lane((behind, limit) -> spans.behind(scope, attempt, false, behind, limit), from.other(), batch)))
                .toList();
    }

    /** For tests: over spans that are there already. */
    Telling(List<List<SpanMark>> sorted) {
        place = Bookmark.BEGINNING;
        lanes = sorted.stream().map(marks -> new Lane((behind, limit) -> List.of(), Position.FIRST_STEP, marks)).toList();
    }

    /** Behind what has been told. */
    Bookmark place() {
        return place;
    }

    boolean isOver() {
        return next() == null;
    }

    /** The next few: at most that many, and no more than can be held with their bodies; nothing if there are none. */
    List<SpanMark> next(int limit) {
        var told = new ArrayList<SpanMark>();
        var bytes = 0L;
        for (var lane = next(); lane != null && told.size() < limit; lane = next()) {
            bytes += Entry.heldBytes(lane.head());
            if (bytes > MOST_BYTES && !told.isEmpty()) {
                break;
            }
            told.add(lane.take());
            place = place.behind(told.getLast().position());
        }
        return told;
    }

    /** The first of these: no more than can be held with their bodies, but at least one. */
    static List<SpanMark> bounded(List<SpanMark> marks) {
        var bytes = 0L;
        for (var count = 0; count < marks.size(); count++) {
            bytes += Entry.heldBytes(marks.get(count));
            if (bytes > MOST_BYTES && count > 0) {
                return marks.subList(0, count);
            }
        }
        return marks;
    }

    /** What is no step stands before the first step that started later. */
    private @Nullable Lane next() {
        var step = first(true);
        var other = first(false);
        if (step == null || other == null) {
            return step == null ? other : step;
        }
        return other.head().startedAt().isBefore(step.head().startedAt()) ? other : step;
    }

    private @Nullable Lane first(boolean steps) {
        return lanes.stream()
                .filter(lane -> lane.hasNext() && (lane.head().stepId() != null) == steps)
                .min(Comparator.comparing(lane -> lane.head().position()))
                .orElse(null);
    }

    private interface Read {
        List<SpanMark> behind(Position position, int limit);
    }

    /** Spans of one attempt that lie in order. */
    private static final class Lane {

        private final Read read;
        private final int batch;
        private final Deque<SpanMark> waiting = new ArrayDeque<>();
        private Position position;
        private boolean exhausted;

        Lane(Read read, Position from, int batch) {
            this.read = read;
            this.position = from;
            this.batch = batch;
        }

        Lane(Read read, Position from, List<SpanMark> marks) {
            this(read, from, 1);
            waiting.addAll(marks);
        }

        boolean hasNext() {
            if (waiting.isEmpty() && !exhausted) {
                var more = read.behind(position, batch);
                waiting.addAll(more);
                exhausted = more.size() < batch;
            }
            return !waiting.isEmpty();
        }

        SpanMark head() {
            return waiting.getFirst();
        }

        SpanMark take() {
            position = waiting.getFirst().position();
            return waiting.removeFirst();
        }
    }
}
