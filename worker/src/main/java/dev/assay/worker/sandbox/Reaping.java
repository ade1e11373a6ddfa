// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.sandbox;

import dev.assay.sdk.runtimes.SandboxLabel;
import dev.assay.sdk.runtimes.docker.DockerRuntime;
import dev.assay.sdk.runtimes.process.ProcessRuntime;
import dev.assay.worker.WorkerSettings;
import dev.assay.worker.lease.RunLeases;
import java.io.IOException;
import java.time.Clock;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Clears away what dead workers left on this machine: at the start, before any work is asked for, and again and again; then also what
 * others have launched, wherever they are, for work that is over, and what nobody has used for long.
 */
@Component
class Reaping implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(Reaping.class);

    private final RuntimeChooser runtimes;
    private final ProcessRuntime process;
    private final ObjectProvider<DockerRuntime> docker;
    private final RunLeases leases;
    private final WorkerSettings settings;
    private final KeepSettings keep;
    private final FolderSizes folders;
    private final Clock clock;
    private final OverForAWhile over = new OverForAWhile();
    private volatile Thread thread = Thread.ofVirtual().unstarted(() -> {});
    private volatile boolean running;

    Reaping(
            RuntimeChooser runtimes, ProcessRuntime process, ObjectProvider<DockerRuntime> docker, RunLeases leases, WorkerSettings settings,
            KeepSettings keep, FolderSizes folders, Clock clock) {
        this.runtimes = runtimes;
        this.process = process;
        this.docker = docker;
        this.leases = leases;
        this.settings = settings;
        this.keep = keep;
        this.folders = folders;
        this.clock = clock;
    }

    @Override
    public void start() {
        running = true;
        reap();
        LOG.info("versions and virtual environments are cleared away when unused for {}, beyond {} MB for {}", keep.unused(),
                keep.folders().toMegabytes(), KeepSettings.IN_USE);
        thread = Thread.ofVirtual().name("reaping").start(this::reapAgainAndAgain);
    }

    @Override
    public void stop() {
        running = false;
        thread.interrupt();
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return DEFAULT_PHASE - 10_000;
    }

    private void reapAgainAndAgain() {
        reapOver();
        while (running) {
            try {
                Thread.sleep(settings.reapEvery());
                reap();
                reapOver();
                folders.measure(clock.instant());
                process.clearUnused(clock.instant().minus(keep.unused(folders.remakable())));
                docker.ifAvailable(engine -> engine.clearImages(keep.ofImages(), clock.instant()));
            } catch (InterruptedException e) {
                return;
            } catch (IOException | RuntimeException e) {
                LOG.warn("could not look for what nobody uses any more", e);
            }
        }
    }

    /** What job-service does not say anything of is left alone. */
    private void reapOver() {
        int reaped = over.round(this::over, runtimes::reapOver);
        if (reaped > 0) {
            LOG.info("cleared away {} sandboxes whose work is over", reaped);
        }
    }

    private Set<SandboxLabel> over(Set<SandboxLabel> labels) {
        try {
            return leases.over(labels);
        } catch (RuntimeException e) { // it may be away, or say what is not understood here
            LOG.debug("nobody says whose work is over: {}", e.toString());
            return Set.of();
        }
    }

    private void reap() {
        int reaped = runtimes.reap(clock.instant());
        if (reaped > 0) {
            LOG.info("cleared away {} sandboxes of dead workers", reaped);
        }
    }
}
