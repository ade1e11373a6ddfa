// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.span;

import java.time.Instant;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * A stored span without its body: enough to find its place and to say in a list what it was.
 *
 * @param seq in order of arrival; never -1
 * @param attempt which attempt of a hosted run sent it; null for a run that a client drives
 * @param stepId its place among the run's steps; null: it is no step
 * @param tool the tool that a tool step called
 * @param failed whether it says that something went wrong in it
 * @param size of the body, in bytes
 */
public record SpanMark(
        long seq,
        String spanId,
        @Nullable Integer attempt,
        String name,
        @Nullable String schema,
        @Nullable Integer stepId,
        Instant startedAt,
        Instant endedAt,
        @Nullable String tool,
        boolean failed,
        int size) {

    /** Where it stands in its attempt. */
    public Position position() {
        return new Position(stepId == null ? Position.NO_STEP : stepId, startedAt, seq);
    }

    /**
     * A place in the order in which the database keeps the spans of one attempt: by step (what is none comes last), of the same step by
     * time, of the same time by arrival.
     *
     * @param stepId {@link #NO_STEP} if it has none
     */
    public record Position(int stepId, Instant startedAt, long seq) implements Comparable<Position> {

        public static final int NO_STEP = Integer.MAX_VALUE;

        private static final Comparator<Position> ORDER =
                Comparator.comparingInt(Position::stepId).thenComparing(Position::startedAt).thenComparing(Position::seq);
        private static final Instant BEFORE_ALL = Instant.EPOCH.minusSeconds(1);

        /** Before all steps. */
        public static final Position FIRST_STEP = new Position(Integer.MIN_VALUE, BEFORE_ALL, -1);

        /** Behind all steps, before all that is none. */
        public static final Position FIRST_OTHER = new Position(NO_STEP, BEFORE_ALL, -1);

        @Override
        public int compareTo(Position other) {
            return ORDER.compare(this, other);
        }
    }
}
