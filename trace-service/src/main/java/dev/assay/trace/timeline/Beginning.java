// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.timeline;

import dev.assay.trace.span.SpanMark;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;

/**
 * Where a run that a client drives was begun for the last time: its spans carry no attempt, but a step's number that stands twice means
 * that the run was begun again under the same id.
 *
 * @param seq the first of its spans to arrive among those that are looked at
 * @param at when the first of them started
 * @param count how often the run was begun
 */
record Beginning(long seq, Instant at, int count) {

    /** A run that was begun once: everything belongs to it. */
    static final Beginning ONLY = new Beginning(-1, Instant.EPOCH, 1);

    /** The lowest of these steps that stands twice. */
    static OptionalInt repeated(List<SpanMark> steps) {
        var seen = new HashSet<Integer>();
        return steps.stream().mapToInt(Beginning::step).filter(step -> !seen.add(step)).min();
    }

    /**
     * The latest one goes by arrival, not by the clocks of whoever ran it: it begins with what came of the repeated step, and of the steps
     * before it, since that step had come for the last time but one. So it does not matter which of its first steps were lost.
     *
     * @param firstSteps what there is of the repeated step and of those before it: all, or as much of it as came last
     */
    static Beginning latest(List<SpanMark> firstSteps, int repeated) {
        var times = firstSteps.stream()
                .filter(mark -> step(mark) == repeated)
                .map(SpanMark::seq)
                .sorted(Comparator.reverseOrder())
                .toList();
        long before = times.size() < 2 ? Long.MIN_VALUE : times.get(1);
        var since = firstSteps.stream().filter(mark -> mark.seq() > before).toList();
        return new Beginning(
                since.stream().mapToLong(SpanMark::seq).min().getAsLong(),
                since.stream().map(SpanMark::startedAt).min(Comparator.naturalOrder()).orElseThrow(),
                times.size());
    }

    private static int step(SpanMark mark) {
        return Objects.requireNonNull(mark.stepId());
    }
}
