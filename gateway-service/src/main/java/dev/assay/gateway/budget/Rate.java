// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.budget;

/**
 * So many a minute, and as many at once if none came for a minute: a bucket that fills evenly. Times are of {@link System#nanoTime()}.
 */
final class Rate {

    private static final long MINUTE = 60_000_000_000L;

    private double level;
    private long at;
    private boolean begun;

    /** @return 0: admitted, and one less is left; else after how many nanoseconds there is one */
    synchronized long admit(int perMinute, long now) {
        fill(perMinute, now);
        if (level >= 1) {
            level -= 1;
            return 0;
        }
        return untilOne(perMinute);
    }

    /** Whether anything is left, of what is only counted afterwards. @return as {@link #admit} */
    synchronized long left(int perMinute, long now) {
        fill(perMinute, now);
        return level >= 1 ? 0 : untilOne(perMinute);
    }

    /** Takes out what was used, also more than there is: then nothing is admitted until it has filled again. */
    synchronized void used(int perMinute, long amount, long now) {
        fill(perMinute, now);
        level -= amount;
    }

    /** How many are left just now. */
    synchronized long remaining() {
        return (long) Math.max(0, level);
    }

    private void fill(int perMinute, long now) {
        level = begun ? Math.min(perMinute, level + (double) Math.max(0, now - at) * perMinute / MINUTE) : perMinute;
        at = now;
        begun = true;
    }

    private long untilOne(int perMinute) {
        return Math.max(1, (long) Math.ceil((1 - level) * MINUTE / perMinute));
    }
}
