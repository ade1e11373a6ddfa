// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.ingest;

import dev.assay.kit.problem.Problem;
import java.util.concurrent.Semaphore;
import org.springframework.stereotype.Component;

/** Bounds the memory that uploads take together. Who comes when it is full waits: a client that is refused loses its spans. */
@Component
class InFlight {

    private static final int UNIT = 64 * 1024;

    private final int all;
    private final Semaphore units;

    InFlight(UploadSettings settings) {
        this.all = units(settings.inFlight().toBytes());
        this.units = new Semaphore(all, true);
    }

    /** To be closed when the upload's memory is free again. */
    interface Share extends AutoCloseable {
        @Override
        void close();
    }

    Share take(long bytes) {
        var wanted = Math.min(all, units(bytes));
        try {
            units.acquire(wanted);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Problem.unavailable("The service is being stopped.");
        }
        return () -> units.release(wanted);
    }

    private static int units(long bytes) {
        return (int) Math.max(1, Math.min(Integer.MAX_VALUE, Math.ceilDiv(bytes, (long) UNIT)));
    }
}
