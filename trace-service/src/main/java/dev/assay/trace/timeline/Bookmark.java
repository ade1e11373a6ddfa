// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.timeline;

import dev.assay.kit.problem.Problem;
import dev.assay.trace.span.SpanMark.Position;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;

/**
 * How far a timeline is read: callers hand it back as they got it.
 *
 * @param step behind which step
 * @param other behind which of the spans that are none
 */
record Bookmark(Position step, Position other) {

    static final String PATTERN = "^-?[0-9]{1,10}(\\.-?[0-9]{1,18}){4}$";

    /** No span is from before, or from after; see its scan. */
    private static final long EARLIEST = -1_000_000;

    private static final long LATEST = micros(Instant.parse("9999-12-31T00:00:00Z"));

    static final Bookmark BEGINNING = new Bookmark(Position.FIRST_STEP, Position.FIRST_OTHER);

    Bookmark behind(Position told) {
        return told.stepId() == Position.NO_STEP ? new Bookmark(step, told) : new Bookmark(told, other);
    }

    /** @throws Problem 400 for anything that {@link #text()} never says */
    static Bookmark of(String cursor) {
        try {
            var parts = Arrays.stream(cursor.split("\\.", 6)).mapToLong(Long::parseLong).toArray();
            if (parts.length != 5) {
                throw new IllegalArgumentException();
            }
            return new Bookmark(
                    new Position(Math.clamp(parts[0], Integer.MIN_VALUE, Position.NO_STEP - 1), instant(parts[1]), parts[2]),
                    new Position(Position.NO_STEP, instant(parts[3]), parts[4]));
        } catch (IllegalArgumentException e) {
            throw Problem.badRequest("cursor", "not one that a page of this timeline gave");
        }
    }

    String text() {
        return step.stepId() + "." + micros(step.startedAt()) + "." + step.seq() + "." + micros(other.startedAt()) + "." + other.seq();
    }

    private static long micros(Instant instant) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
    }

    private static Instant instant(long micros) {
        return Instant.EPOCH.plus(Math.clamp(micros, EARLIEST, LATEST), ChronoUnit.MICROS);
    }
}
