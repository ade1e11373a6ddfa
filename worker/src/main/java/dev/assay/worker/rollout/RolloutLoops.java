// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.rollout;

import dev.assay.contracts.internal.Lease;
import dev.assay.worker.WorkerSettings;
import dev.assay.worker.lease.RunLeases;
import dev.assay.worker.lease.WorkLoop;
import dev.assay.worker.sandbox.Walls;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/** As many rollouts at once as this worker has slots. */
@Component
class RolloutLoops implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(RolloutLoops.class);
    private static final Duration LAST_WORDS = Duration.ofSeconds(8);

    private final RunRollout runRollout;
    private final RunLeases leases;
    private final Walls walls;
    private final WorkerSettings settings;
    private volatile List<WorkLoop<Lease>> loops = List.of();

    RolloutLoops(RunRollout runRollout, RunLeases leases, Walls walls, WorkerSettings settings) {
        this.runRollout = runRollout;
        this.leases = leases;
        this.walls = walls;
        this.settings = settings;
    }

    @Override
    public void start() {
        if (walls.areMissing()) {
            return;
        }
        loops = IntStream.range(0, settings.slots())
                .mapToObj(slot -> new WorkLoop<Lease>("rollout-" + slot, leases::next, runRollout::run))
                .toList();
        loops.forEach(WorkLoop::start);
        LOG.info("worker {} takes up to {} rollouts at once", settings.name(), settings.slots());
    }

    @Override
    public void stop() {
        loops.forEach(WorkLoop::end);
        runRollout.endAll();
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
