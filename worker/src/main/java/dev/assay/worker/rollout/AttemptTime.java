// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.rollout;

import dev.assay.contracts.internal.Lease;
import dev.assay.worker.lease.StopCause;
import java.time.Duration;

/**
 * How long an attempt may take, as its lease says: measured here from when that came, for the clock of another machine says nothing about it.
 * One limit is in force at a time; job-service has the same as the run's deadline.
 */
final class AttemptTime {

    private final Lease lease;
    private final long leased = System.nanoTime();

    AttemptTime(Lease lease) {
        this.lease = lease;
    }

    /** @param cause which limit that is */
    record Limit(Duration in, StopCause cause) {}

    Limit untilItAnswers() {
        return within(lease.preparationMillis());
    }

    /** From now on, as it has just answered. */
    Limit onceItAnswers() {
        return within(lease.runTimeoutMillis());
    }

    private Limit within(long millis) {
        var whole = lease.rolloutMillis();
        var left = whole == null ? Long.MAX_VALUE : Math.max(0, whole - (System.nanoTime() - leased) / 1_000_000);
        return left < millis ? new Limit(Duration.ofMillis(left), StopCause.ROLLOUT_OVER) : new Limit(Duration.ofMillis(millis), StopCause.TIMED_OUT);
    }
}
