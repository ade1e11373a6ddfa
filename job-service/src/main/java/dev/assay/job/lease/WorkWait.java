// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.lease;

import dev.assay.contracts.internal.Lease;
import dev.assay.job.run.WorkSignal;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.springframework.stereotype.Component;

/** Waits for work on behalf of a worker. No database connection is held meanwhile. */
@Component
class WorkWait {

    private final WorkSignal signal;

    WorkWait(WorkSignal signal) {
        this.signal = signal;
    }

    Optional<Lease> forWork(Supplier<Optional<Lease>> take, Duration longest) throws InterruptedException {
        // a length of real time that somebody waits, not a date: the service's clock has no say in it
        var end = System.nanoTime() + longest.toNanos();
        while (true) {
            var seen = signal.arrivals();
            var lease = take.get();
            var left = end - System.nanoTime();
            if (lease.isPresent() || left <= 0 || !signal.await(seen, Duration.ofNanos(left))) {
                return lease;
            }
        }
    }
}
