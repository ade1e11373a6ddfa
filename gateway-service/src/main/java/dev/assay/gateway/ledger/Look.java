// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.ledger;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How far calls have been looked at, in the order in which they began: each once, when that is so long ago.
 *
 * @param after how long
 * @param until those that began before then have been; null: none
 */
record Look(Duration after, @Nullable Instant until) {

    /** Calls that began at this time or later, and before that one. */
    record Slice(Instant from, Instant to) {}

    /** What is to be looked at now. A clock that was set back has given its times out twice, so all that may still matter is looked at. */
    Slice next(Instant now) {
        var to = now.minus(after);
        var oldest = now.minus(AwaitedRuns.LATE);
        return new Slice(until == null || until.isBefore(oldest) || until.isAfter(to) ? oldest : until, to);
    }

    Look done(Slice slice) {
        return new Look(after, slice.to());
    }
}
