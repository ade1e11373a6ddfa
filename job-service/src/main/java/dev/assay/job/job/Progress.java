// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.job;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** How long a job will still take. */
final class Progress {

    /** Further away nobody means it. */
    private static final Duration LONGEST = Duration.ofDays(365);

    private Progress() {}

    /**
     * When a job will be over if it goes on at the pace that it has had so far; null: it is over, or has no pace yet.
     *
     * @param over how many of its runs are
     * @param remaining how many are not
     * @param started when its first run began
     */
    static @Nullable Instant estimatedEnd(long over, long remaining, @Nullable Instant started, Instant now) {
        if (over <= 0 || remaining <= 0 || started == null || !started.isBefore(now)) {
            return null;
        }
        var left = (double) Duration.between(started, now).toMillis() / over * remaining;
        return left > LONGEST.toMillis() ? null : now.plusMillis(Math.round(left));
    }
}
