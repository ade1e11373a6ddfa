// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.build;

import dev.assay.contracts.internal.BuildLease;
import dev.assay.worker.lease.BuildLeases;
import dev.assay.worker.lease.WorkLoop;
import dev.assay.worker.sandbox.Walls;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/** One build at a time, beside the rollouts: a build is mostly waiting for packages. */
@Component
class BuildLoop implements SmartLifecycle {

    private final RunBuild runBuild;
    private final BuildLeases leases;
    private final Walls walls;
    private volatile @Nullable WorkLoop<BuildLease> loop;

    BuildLoop(RunBuild runBuild, BuildLeases leases, Walls walls) {
        this.runBuild = runBuild;
        this.leases = leases;
        this.walls = walls;
    }

    @Override
    public void start() {
        if (walls.areMissing()) {
            return;
        }
        var started = new WorkLoop<BuildLease>("build", leases::next, runBuild::run);
        loop = started;
        started.start();
    }

    @Override
    public void stop() {
        var started = loop;
        loop = null;
        if (started != null) {
            started.end();
            runBuild.end();
            try {
                started.join(Duration.ofSeconds(8));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public boolean isRunning() {
        return loop != null;
    }
}
