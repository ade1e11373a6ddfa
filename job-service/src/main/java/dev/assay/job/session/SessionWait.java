// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.session;

import dev.assay.job.run.RunSettings;
import dev.assay.job.run.WorkSignal;
import java.time.Duration;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.springframework.stereotype.Component;

/** Looks again and again, holding no database connection in between. */
@Component
class SessionWait {

    private final WorkSignal signal;
    private final Duration longest;

    SessionWait(WorkSignal signal, RunSettings settings) {
        this.signal = signal;
        // as with runs: over before what a dead worker held is given to others
        this.longest = settings.lease().ttl().dividedBy(3);
    }

    <T> T until(Supplier<T> look, Predicate<T> enough, long waitMillis) throws InterruptedException {
        // a length of real time that somebody waits, not a date: the service's clock has no say in it
        var end = System.nanoTime() + Duration.ofMillis(Math.clamp(waitMillis, 0, longest.toMillis())).toNanos();
        while (true) {
            var seen = signal.arrivals();
            var found = look.get();
            var left = end - System.nanoTime();
            if (enough.test(found) || left <= 0 || !signal.await(seen, Duration.ofNanos(left))) {
                return found;
            }
        }
    }
}
