// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.identity;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The keys that nobody has and that came from one address within the last minute. One key counts once, however often it comes: a client
 * that was set up with a wrong one does not guess. Times are those of {@link System#nanoTime()}.
 *
 * @param until when unknown keys are looked at again; null: they are
 */
record Guesses(List<Guess> lately, @Nullable Long until) {

    static final int MOST = 20;
    static final Duration WITHIN = Duration.ofMinutes(1);
    static final Duration LOCKED = Duration.ofMinutes(1);
    static final Guesses NONE = new Guesses(List.of(), null);

    /** @param key a hash of it */
    record Guess(long key, long at) {}

    /** After another key that nobody has. While the address is locked out, nothing is counted. */
    Guesses and(long key, long now) {
        if (isLocked(now)) {
            return this;
        }
        var still = lately.stream().filter(guess -> now - guess.at() < WITHIN.toNanos()).toList();
        if (still.stream().anyMatch(guess -> guess.key() == key)) {
            return new Guesses(still, null);
        }
        var all = Stream.concat(still.stream(), Stream.of(new Guess(key, now))).toList();
        return all.size() < MOST ? new Guesses(all, null) : new Guesses(List.of(), now + LOCKED.toNanos());
    }

    boolean isLocked(long now) {
        return until != null && until - now > 0;
    }

    /** In how many seconds an unknown key is looked at again; at least one. */
    long secondsLeft(long now) {
        return until == null ? 1 : Math.max(1, Math.ceilDiv(until - now, Duration.ofSeconds(1).toNanos()));
    }
}
