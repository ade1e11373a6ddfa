// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.report;

import dev.assay.contracts.internal.WorkerOrders;
import dev.assay.contracts.internal.WorkerReport;
import dev.assay.kit.rest.InternalRest;
import dev.assay.sdk.runtimes.Network;
import dev.assay.sdk.runtimes.Runtime;
import dev.assay.worker.Worker;
import dev.assay.worker.WorkerSettings;
import dev.assay.worker.door.DoorKeeper;
import dev.assay.worker.lease.TellOnce;
import dev.assay.worker.lease.WorkSlots;
import dev.assay.worker.sandbox.FolderSizes;
import dev.assay.worker.sandbox.RuntimeChooser;
import dev.assay.worker.sandbox.Walls;
import dev.assay.worker.span.Timelines;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;
import org.springframework.web.client.HttpClientErrorException;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;

/** Says again and again what this worker is, does and holds, and does what it is told in answer. */
@Component
class Reporting implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(Reporting.class);
    private static final Duration PATIENCE = Duration.ofSeconds(4);

    /** How often it is tried until it is heard for the first time: it takes no work before. */
    private static final Duration UNHEARD_EVERY = Duration.ofMillis(500);

    private final RestClient jobs;
    private final List<WorkSlots<?>> work;
    private final RuntimeChooser runtimes;
    private final List<Runtime> spareKeepers;
    private final Walls walls;
    private final DoorKeeper door;
    private final Timelines timelines;
    private final FolderSizes folders;
    private final WorkerSettings worker;
    private final ReportSettings settings;
    private final Clock clock;
    private volatile Draining draining = new Draining.Unheard();
    private volatile Thread thread = Thread.ofVirtual().unstarted(() -> {});
    private volatile boolean running;

    Reporting(
            InternalRest rest, @Value("${assay.job-url}") String jobUrl, List<WorkSlots<?>> work, RuntimeChooser runtimes,
            List<Runtime> spareKeepers, Walls walls, DoorKeeper door, Timelines timelines, FolderSizes folders, WorkerSettings worker,
            ReportSettings settings, Clock clock, MeterRegistry meters) {
        this.jobs = rest.forWorker(jobUrl, "job-service", PATIENCE);
        this.work = work;
        this.runtimes = runtimes;
        this.spareKeepers = spareKeepers;
        this.walls = walls;
        this.door = door;
        this.timelines = timelines;
        this.folders = folders;
        this.worker = worker;
        this.settings = settings;
        this.clock = clock;
        for (var kind : work) {
            Gauge.builder("assay.worker.slots", kind, WorkSlots::slots).tag("work", kind.name()).register(meters);
            Gauge.builder("assay.worker.held", kind, WorkSlots::held).tag("work", kind.name()).register(meters);
        }
        Gauge.builder("assay.worker.draining", this, one -> one.draining instanceof Draining.Until ? 1 : 0).register(meters);
    }

    @Override
    public void start() {
        running = true; // before the thread looks
        thread = Thread.ofVirtual().name("report").start(this::reportOn);
    }

    private void reportOn() {
        var heard = true;
        while (running) {
            try {
                obey(say(state()));
                heard = true;
            } catch (RestClientException e) {
                if (heard) {
                    LOG.warn("job-service does not hear what this worker does: {}", e.toString());
                }
                heard = false;
                if (draining instanceof Draining.Unheard && givesNoOrders(e)) {
                    obey(new WorkerOrders(false));
                }
            } catch (RuntimeException e) {
                LOG.error("what this worker does cannot be told", e);
            }
            try {
                Thread.sleep(pause());
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    /** It is there, and of a release that drains nobody, or does not take this report: it will not say anything else. */
    private static boolean givesNoOrders(RestClientException e) {
        return e instanceof HttpClientErrorException refused && !TellOnce.isPassing(refused.getStatusCode());
    }

    private Duration pause() {
        var every = settings.reportEvery();
        return draining instanceof Draining.Unheard && every.compareTo(UNHEARD_EVERY) > 0 ? UNHEARD_EVERY : every;
    }

    private String state() {
        return walls.areMissing() ? "closed" : draining.word(held());
    }

    private int held() {
        return work.stream().mapToInt(WorkSlots::held).sum();
    }

    private WorkerOrders say(String state) {
        return Objects.requireNonNull(
                jobs.post().uri("/internal/workers/report").body(report(state)).retrieve().body(WorkerOrders.class));
    }

    private WorkerReport report(String state) {
        var sessions = of("session");
        return new WorkerReport(
                state,
                state.equals("closed") ? walls.reason() : null,
                Objects.requireNonNullElse(Worker.class.getPackage().getImplementationVersion(), ""),
                worker.isolation() == WorkerSettings.Isolation.REQUIRED ? "bubblewrap" : "none",
                runtimes.names(),
                new WorkerReport.Capacity(
                        of("rollout").slots(), sessions.slots(), settings.capacity().cpusOr(worker.maxCpus()), settings.capacity().memoryMb(),
                        settings.capacity().gpus()),
                new WorkerReport.Holds(of("rollout").held(), sessions.held(), of("build").held()),
                new WorkerReport.Spans(timelines.waitingBytes(), timelines.lost()),
                folders.bytes(),
                new WorkerReport.Gives(worker.maxMemory().toMegabytes(), worker.maxDisk().toMegabytes(), door.network() != Network.NONE));
    }

    private WorkSlots<?> of(String name) {
        return work.stream().filter(kind -> kind.name().equals(name)).findFirst().orElseThrow();
    }

    private void obey(WorkerOrders orders) {
        var now = clock.instant();
        var before = draining;
        draining = before.told(orders.drain(), now, settings.drainWithin());
        if (draining != before) {
            if (draining instanceof Draining.Until) {
                LOG.info("this worker is drained: it takes no new work, and gives back in {} what is not over by then", settings.drainWithin());
                work.forEach(WorkSlots::drain);
                spareKeepers.forEach(runtime -> runtime.keepSpares(false));
            } else {
                LOG.info("this worker takes work{}", before instanceof Draining.Until ? " again" : "");
                spareKeepers.forEach(runtime -> runtime.keepSpares(true));
                work.forEach(WorkSlots::resume);
            }
        }
        if (draining.isOver(now) && held() > 0) {
            LOG.info("this worker is drained: {} pieces of work are given back", held());
            work.forEach(WorkSlots::giveBackHeld);
        }
    }

    /** Its last word. What is held is given back meanwhile, by whoever holds it. */
    @Override
    public void stop() {
        if (!running) {
            return;
        }
        running = false;
        thread.interrupt();
        try {
            say("stopping");
        } catch (RestClientException e) {
            LOG.info("job-service did not hear that this worker stops: {}", e.toString());
        }
    }

    @Override
    public void stop(Runnable then) {
        Thread.ofVirtual().name("last-report").start(() -> {
            try {
                stop();
            } finally {
                then.run();
            }
        });
    }

    @Override
    public boolean isRunning() {
        return running;
    }
}
