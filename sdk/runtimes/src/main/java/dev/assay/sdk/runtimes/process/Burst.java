// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.process;

/** How many were wanted at once lately, and so may be again. Times are those of one clock that only goes forward, in nanoseconds. */
final class Burst {

    /** Whoever asks within it, asks at once: a job that begins, or a worker's round of leases. */
    private static final long AT_ONCE = 1_000_000_000L;

    private final long memory;
    private long began;
    private int count;
    private int most;
    private long mostAt;

    /** @param memory how long the most is remembered */
    Burst(long memory) {
        this.memory = memory;
    }

    void asked(long now) {
        if (count == 0 || now - began > AT_ONCE) {
            began = now;
            count = 0;
        }
        count++;
        if (count >= most(now)) {
            most = count;
            mostAt = now;
        }
    }

    int most(long now) {
        return now - mostAt > memory ? 0 : most;
    }
}
