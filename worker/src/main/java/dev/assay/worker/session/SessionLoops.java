// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.session;

import dev.assay.contracts.internal.SessionLease;
import dev.assay.worker.WorkerSettings;
import dev.assay.worker.lease.SessionLeases;
import dev.assay.worker.lease.WorkLoop;
import dev.assay.worker.sandbox.Walls;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/** As many sessions at once as this worker is set to hold. */
@Component
class SessionLoops implements SmartLifecycle {

    private static final Duration LAST_WORDS = Duration.ofSeconds(8);

    private final RunSession runSession;
    private final SessionLeases leases;
    private final Walls walls;
    private final int most;
    private volatile List<WorkLoop<SessionLease>> loops = List.of();

    SessionLoops(RunSession runSession, SessionLeases leases, Walls walls, WorkerSettings worker, SessionSettings settings) {
        this.runSession = runSession;
        this.leases = leases;
        this.walls = walls;
        this.most = settings.sessions() > 0 ? settings.sessions() : worker.slots();
    }

    @Override
    public void start() {
        if (walls.areMissing()) {
            return;
        }
        loops = IntStream.range(0, most)
                .mapToObj(slot -> new WorkLoop<SessionLease>("session-" + slot, leases::next, runSession::run))
                .toList();
        loops.forEach(WorkLoop::start);
    }

    @Override
    public void stop() {
        loops.forEach(WorkLoop::end);
        runSession.endAll();
        try {
            for (var loop : loops) {
                loop.join(LAST_WORDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        loops = List.of();
    }

    @Override
    public boolean isRunning() {
        return !loops.isEmpty();
    }
}
