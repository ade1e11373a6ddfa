// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.rollout;

import dev.assay.contracts.internal.Lease;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How long an attempt may still take, as its lease says: measured here from when that came, for the clock of another machine says nothing
 * about it. One limit is in force at a time; job-service has the same as the run's deadline.
 */
final class TimeLeft {

    private final Lease lease;
    private final long leased;
    private volatile boolean answered;

    private TimeLeft(Lease lease, long leased) {
        this.lease = lease;
        this.leased = leased;
    }

    static TimeLeft of(Lease lease) {
        return new TimeLeft(lease, System.nanoTime());
    }

    Duration untilItAnswers() {
        return within(lease.preparationMillis());
    }

    /** From now on, as it has just answered. */
    Duration onceItAnswers() {
        answered = true;
        return within(lease.runTimeoutMillis());
    }

    private Duration within(long millis) {
        var left = wholeLeft();
        return Duration.ofMillis(left == null ? millis : Math.clamp(left, 0, millis));
    }

    /** The limit that was in force, for people: the time of the phase, unless that for the whole rollout was over before. */
    String exceeded() {
        var left = wholeLeft();
        if (left != null && left <= 0) {
            return "all the time that was left for it";
        }
        return (answered ? lease.runTimeoutMillis() : lease.preparationMillis()) / 1000 + "s";
    }

    private @Nullable Long wholeLeft() {
        var whole = lease.rolloutMillis();
        return whole == null ? null : whole - (System.nanoTime() - leased) / 1_000_000;
    }
}
