// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.run;

import dev.assay.contracts.Failure.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * Which failures are followed by another attempt, and when.
 *
 * @param usual what holds of runs that ask for nothing else
 * @param first how long the first further attempt waits; each later one waits twice as long
 * @param longest how long any waits
 */
public record RetryPolicy(Retries usual, Duration first, Duration longest) {

    /**
     * When the next attempt may begin; empty if there is none.
     *
     * @param asked the run's own
     * @param failed how many of its attempts have failed, this one included
     */
    Optional<Instant> next(Kind kind, Retries asked, int failed, Instant now) {
        var most = asked.of(kind).or(() -> usual.of(kind)).orElse(0);
        return failed <= most ? Optional.of(now.plus(pause(failed))) : Optional.empty();
    }

    private Duration pause(int failed) {
        var pause = first;
        for (var times = 1; times < failed && pause.compareTo(longest) < 0; times++) {
            pause = pause.multipliedBy(2);
        }
        return pause.compareTo(longest) < 0 ? pause : longest;
    }

    static RetryPolicy of(int infrastructure, Duration first, Duration longest) {
        return new RetryPolicy(new Retries(Map.of(Kind.INFRASTRUCTURE, infrastructure)), first, longest);
    }
}
