// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.build;

import dev.assay.contracts.internal.BuildLease;
import dev.assay.contracts.internal.BuildLine;
import dev.assay.contracts.internal.BuildProgress;
import dev.assay.worker.lease.BuildLeases;
import dev.assay.worker.lease.LeaseKeeper;
import dev.assay.worker.lease.LeaseLostException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

/** A build's log on its way to environment-service; every part that is sent renews the lease as well. */
final class BuildProgressLog {

    private static final int LARGEST_PART = 200;

    private final BuildLease lease;
    private final BuildLeases leases;
    private final Clock clock;
    private final List<BuildLine> lines = new ArrayList<>();
    private int told;

    BuildProgressLog(BuildLease lease, BuildLeases leases, Clock clock) {
        this.lease = lease;
        this.leases = leases;
        this.clock = clock;
    }

    synchronized void line(String message) {
        lines.add(new BuildLine(clock.instant(), message));
    }

    /** Sends what is new, if anything is. A part that got lost on the way is sent again with the same number. */
    LeaseKeeper.Held send() throws LeaseLostException {
        List<BuildLine> part;
        int first;
        synchronized (this) {
            first = told;
            part = List.copyOf(lines.subList(told, Math.min(lines.size(), told + LARGEST_PART)));
        }
        var held = leases.progress(lease, new BuildProgress(lease.attempt(), first, part));
        synchronized (this) {
            told = first + part.size();
        }
        return held;
    }

    synchronized boolean isTold() {
        return told == lines.size();
    }
}
