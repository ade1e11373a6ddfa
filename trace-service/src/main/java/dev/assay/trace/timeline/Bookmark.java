// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.timeline;

import dev.assay.kit.problem.Problem;
import dev.assay.trace.span.SpanMark.Position;
import dev.assay.trace.span.SpanStore.Scope;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;

/**
 * How far a timeline is read: callers hand it back as they got it. It belongs to one attempt of the run, and to one beginning of it.
 *
 * @param attempt see {@link Scope#attempt()}
 * @param beganSeq see {@link Scope#beganSeq()}
 * @param step behind which step
 * @param other behind which of the spans that are none
 */
record Bookmark(int attempt, long beganSeq, Position step, Position other) {

    static final String PATTERN = "^[0-9]{1,9}(\\.-?[0-9]{1,18}){6}$";

    private static final int NUMBERS = 7;

    /** No span is from before, or from after; see its scan. */
    private static final long EARLIEST = -1_000_000;

    private static final long LATEST = micros(Instant.parse("9999-12-31T00:00:00Z"));

    /** Where nothing has been told yet: the same place in every attempt. */
    static final Bookmark BEGINNING = new Bookmark(0, -1, Position.FIRST_STEP, Position.FIRST_OTHER);

    /** Before all that is told of this attempt and this beginning. */
    static Bookmark beginningOf(Scope scope) {
        return new Bookmark(scope.attempt(), scope.beganSeq(), Position.FIRST_STEP, Position.FIRST_OTHER);
    }

    /**
     * This place in what is told now.
     *
     * @throws Problem 409 if something of an earlier attempt, or beginning, has been told up to here: what follows it is told no more
     */
    Bookmark in(Scope scope) {
        var beginning = beginningOf(scope);
        if (step.equals(beginning.step) && other.equals(beginning.other)) {
            return beginning;
        }
        if (attempt != scope.attempt() || beganSeq != scope.beganSeq()) {
            throw Problem.conflict("cursor: run " + scope.place().run() + " has begun again since then, and only its latest attempt is "
                    + "told. Read it anew, from the start.");
        }
        return this;
    }

    Bookmark behind(Position told) {
        return told.stepId() == Position.NO_STEP
                ? new Bookmark(attempt, beganSeq, step, told)
                : new Bookmark(attempt, beganSeq, told, other);
    }

    /** @throws Problem 400 for anything that {@link #text()} never says */
    static Bookmark of(String cursor) {
        try {
            var parts = Arrays.stream(cursor.split("\\.", NUMBERS + 1)).mapToLong(Long::parseLong).toArray();
            if (parts.length != NUMBERS) {
                throw new IllegalArgumentException();
            }
            return new Bookmark(
                    Math.toIntExact(parts[0]),
                    parts[1],
                    new Position(Math.clamp(parts[2], Integer.MIN_VALUE, Position.NO_STEP - 1), instant(parts[3]), parts[4]),
                    new Position(Position.NO_STEP, instant(parts[5]), parts[6]));
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw Problem.badRequest(
                    "cursor", "not one that a page of this timeline gave, or one of an earlier release: read from the start, without a cursor");
        }
    }

    String text() {
        return attempt + "." + beganSeq
                + "." + step.stepId() + "." + micros(step.startedAt()) + "." + step.seq()
                + "." + micros(other.startedAt()) + "." + other.seq();
    }

    private static long micros(Instant instant) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
    }

    private static Instant instant(long micros) {
        return Instant.EPOCH.plus(Math.clamp(micros, EARLIEST, LATEST), ChronoUnit.MICROS);
    }
}
