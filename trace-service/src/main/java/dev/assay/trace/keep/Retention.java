// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.keep;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * For how long something is kept.
 *
 * @param spansDays spans, since they came; null: for ever
 * @param largeDays contents of spans that have more than 64 KB; null: as long as their spans
 */
record Retention(@Nullable Integer spansDays, @Nullable Integer largeDays) {

    static final Retention FOR_EVER = new Retention(null, null);
    static final int LONGEST = 36_500;

    /** What both ask for: of each the shorter time. */
    Retention and(Retention other) {
        return new Retention(shorter(spansDays, other.spansDays), shorter(largeDays, other.largeDays));
    }

    private static @Nullable Integer shorter(@Nullable Integer one, @Nullable Integer other) {
        return Stream.of(Optional.ofNullable(one), Optional.ofNullable(other))
                .flatMap(Optional::stream)
                .min(Integer::compareTo)
                .orElse(null);
    }

    /** What came before then goes; empty: nothing does. */
    Optional<Instant> spansBefore(Instant now) {
        return before(spansDays, now);
    }

    /** Of what came before then large contents go. */
    Optional<Instant> largeBefore(Instant now) {
        return before(largeDays, now);
    }

    private static Optional<Instant> before(@Nullable Integer days, Instant now) {
        return Optional.ofNullable(days).map(some -> now.minus(Duration.ofDays(some)));
    }
}
