// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.identity;

import java.time.Duration;

/**
 * How many requests one sender may send: so many a second, and so many at once after a pause. Kept as one time for each sender, the one at
 * which all that was sent will have been paid for at that rate (GCRA). Pure; times are those of {@link System#nanoTime()}.
 *
 * @param perSecond more than 0
 * @param burst at least 1
 */
record Pace(int perSecond, int burst) {

    Pace {
        if (perSecond < 1 || burst < 1) {
            throw new IllegalArgumentException("a pace is at least one request a second, and one at once");
        }
    }

    private long each() {
        return Duration.ofSeconds(1).toNanos() / perSecond;
    }

    /**
     * How long the sender of another request has to wait; 0: it is taken.
     *
     * @param paid until when what was sent is paid for
     */
    long nanosToWait(long paid, long now) {
        return Math.max(0, paid - now - each() * (burst - 1));
    }

    /** The same after another request, which was taken. */
    long after(long paid, long now) {
        return (paid - now > 0 ? paid : now) + each();
    }
}
