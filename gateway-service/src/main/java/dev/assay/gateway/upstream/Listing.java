// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.upstream;

import dev.assay.contracts.internal.OfferedModels.Offer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** What an upstream has last said that it serves, and what became of the last time that it was asked. */
final class Listing {

    /**
     * @param nanos when, on the clock of {@link System#nanoTime()}
     * @param error in words that anybody may read; null: it answered
     */
    record Look(Instant at, long nanos, @Nullable String error) {

        boolean isYoungerThan(Duration age, long now) {
            return now - nanos < age.toNanos();
        }
    }

    private final AtomicBoolean asking = new AtomicBoolean();
    private volatile @Nullable Look look;
    private volatile @Nullable List<Offer> offers;

    /** Null: it was not asked so far. */
    @Nullable Look look() {
        return look;
    }

    /** The last list that came; null: none did. */
    @Nullable List<Offer> offers() {
        return offers;
    }

    void offers(List<Offer> listed) {
        offers = listed;
    }

    void looked(Look last) {
        look = last;
    }

    /** Does it, unless somebody else does so just now: nobody is asked twice at once. */
    void onlyOnce(Runnable question) {
        if (asking.compareAndSet(false, true)) {
            try {
                question.run();
            } finally {
                asking.set(false);
            }
        }
    }
}
