// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.span;

import java.time.Instant;
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
        return new Position(startedAt, stepId == null ? Position.NO_STEP : stepId, seq);
    }

    /**
     * A place in the order in which the spans of one attempt are told, and in which the database keeps them: by time, of the same time by
     * step (what is none comes last), of the same step by arrival.
     *
     * @param stepId {@link #NO_STEP} if it has none
     */
    public record Position(Instant startedAt, int stepId, long seq) {

        public static final int NO_STEP = Integer.MAX_VALUE;

        /** Before all spans. */
        public static final Position BEGINNING = new Position(Instant.EPOCH.minusSeconds(1), 0, -1);
    }
}
