// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.ssh;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A moment that several commands may share. Monotonic, so that a clock that is set cannot move it. */
public final class Deadline {

    private static final Deadline NONE = new Deadline(null);

    private final @Nullable Long nanos;

    private Deadline(@Nullable Long nanos) {
        this.nanos = nanos;
    }

    public static Deadline none() {
        return NONE;
    }

    public static Deadline in(Duration duration) {
        return new Deadline(System.nanoTime() + duration.toNanos());
    }

    /** What is left, never negative; null when there is no deadline. */
    @Nullable Duration left() {
        return nanos == null ? null : Duration.ofNanos(Math.max(0, nanos - System.nanoTime()));
    }

    /** What is left, but no more than that. */
    Duration atMost(Duration patience) {
        var left = left();
        return left == null || patience.compareTo(left) < 0 ? patience : left;
    }

    boolean hasPassed() {
        var left = left();
        return left != null && left.isZero();
    }
}
