// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.build;

import dev.assay.contracts.internal.BuildLease;
import dev.assay.contracts.internal.BuildOutcome;
import dev.assay.contracts.internal.BuiltImage;
import dev.assay.contracts.internal.BuiltServices;
import dev.assay.sdk.protocol.ControlClient;
import dev.assay.sdk.runtimes.SandboxException;
import dev.assay.worker.WorkerSettings;
import dev.assay.worker.lease.BuildLeases;
import dev.assay.worker.lease.LeaseKeeper;
import dev.assay.worker.lease.LeaseLostException;
import dev.assay.worker.lease.TellOnce;
import dev.assay.worker.sandbox.Images;
import dev.assay.worker.sandbox.NotRunnableException;
import dev.assay.worker.sandbox.ReadyVersion;
import dev.assay.worker.sandbox.Sandboxes;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.web.client.HttpClientErrorException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Makes one version ready, starts it once and asks what it offers. */
@Component
class RunBuild {

    private static final Logger LOG = LoggerFactory.getLogger(RunBuild.class);
    private static final Duration TELL_EVERY = Duration.ofMillis(300);

    private final BuildLeases leases;
    private final Sandboxes sandboxes;
    private final Images images;
    private final ForkCheck forks;
    private final WorkerSettings settings;
    private final Clock clock;
    private final MeterRegistry meters;
    private final AtomicReference<@Nullable Thread> running = new AtomicReference<>();
    private volatile boolean ending;
    private volatile boolean givingBack;

    RunBuild(
            BuildLeases leases, Sandboxes sandboxes, Images images, ForkCheck forks, WorkerSettings settings, Clock clock, MeterRegistry meters) {
        this.leases = leases;
        this.sandboxes = sandboxes;
        this.images = images;
        this.forks = forks;
        this.settings = settings;
        this.clock = clock;
        this.meters = meters;
    }

    void run(BuildLease lease) {
        var thread = Thread.currentThread();
        givingBack = false;
        running.set(thread);
        if (ending) {
            giveBack();
        }
        var ttl = Duration.ofMillis(lease.ttlMillis());
        BuildOutcome outcome = null;
        var log = new BuildProgressLog(
                lease.attempt(), part -> leases.progress(lease, part), new Redacted(lease.buildSecrets().values()), clock);
        try (var keeper = LeaseKeeper.start(log::send, ttl, TELL_EVERY, cause -> thread.interrupt())) {
            outcome = outcome(lease, log);
            running.set(null); // what is over is told, not given back
            var told = outcome;
            TellOnce.until(ttl.multipliedBy(4), () -> {
                while (!log.isTold()) {
                    log.send();
                }
                report(lease, told);
            });
            LOG.info("build {} ended: {}", lease.build(), outcome.succeeded() ? "succeeded" : outcome.error());
            meters.counter("assay.worker.builds", "succeeded", Boolean.toString(outcome.succeeded())).increment();
        } catch (LeaseLostException e) {
            LOG.info("build {} ends without a word", lease.build());
        } catch (InterruptedException e) {
            LOG.info("build {} ends without a word", lease.build());
            if (outcome != null) { // it may have been heard, or have come too late: only then the image is not wanted
                var told = outcome;
                TellOnce.giveBack("the outcome of build " + lease.build(), () -> report(lease, told));
            } else if (ending || givingBack) {
                TellOnce.giveBack("build " + lease.build(), () -> leases.release(lease, null));
            }
        } catch (SandboxException e) {
            LOG.warn("build {} is left to another attempt: {}", lease.build(), e.getMessage());
            TellOnce.giveBack("build " + lease.build(), () -> {
                while (!log.isTold()) {
                    log.send();
                }
                leases.release(lease, log.shown(String.valueOf(e.getMessage())));
            });
        } finally {
            running.set(null);
        }
    }

    /** What is refused is told again as a failure: the build is over, and making it again would end in the same. */
    private void report(BuildLease lease, BuildOutcome outcome) throws LeaseLostException {
        try {
            leases.report(lease, outcome);
        } catch (LeaseLostException e) {
            images.discard(outcome.image(), outcome.services());
            throw e;
        } catch (HttpClientErrorException e) {
            if (TellOnce.isPassing(e.getStatusCode())) {
                throw e;
            }
            LOG.error("the outcome of build {} was refused: {}", lease.build(), TellOnce.reason(e));
            images.discard(outcome.image(), outcome.services());
            leases.report(lease, new BuildOutcome(lease.attempt(), false, "the outcome was refused: " + TellOnce.reason(e), null, null, null));
        }
    }

    void end() {
        ending = true;
        giveBack();
    }

    /** Once: told again, it leaves the release alone that the first time brought about. */
    void giveBack() {
        givingBack = true;
        var thread = running.get();
        if (thread != null && running.compareAndSet(thread, null)) {
            thread.interrupt();
        }
    }

    /** @throws SandboxException if what it was to be built on is to blame: it counts as lost, and is tried again */
    private BuildOutcome outcome(BuildLease lease, BuildProgressLog log) throws SandboxException, InterruptedException {
        try {
            return build(lease, log);
        } catch (NotRunnableException | SandboxException | IOException | RuntimeException e) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            var reason = log.shown(e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage());
            if (e instanceof SandboxException told && told.isHosts()) {
                log.conclude("this worker cannot build it: " + reason);
                throw told;
            }
            log.conclude("FAILED: " + reason);
            return new BuildOutcome(lease.attempt(), false, reason, null, null, null);
        }
    }

    private BuildOutcome build(BuildLease lease, BuildProgressLog log)
            throws NotRunnableException, SandboxException, IOException, InterruptedException {
        BuiltImage image = null;
        BuiltServices services = null;
        BuildOutcome outcome = null;
        try {
            image = images.build(lease, log::line);
            services = images.buildServices(lease, log::line);
            var version = prepared(lease, image, services, log);
            log.line("starting the environment once");
            outcome = new BuildOutcome(lease.attempt(), true, null, image, services, manifest(lease, version, log));
            return outcome;
        } catch (SandboxException e) {
            e.outputTail().lines().forEach(log::line); // the reason itself stands last
            throw e;
        } finally {
            if (outcome == null) {
                images.discard(image, services);
            }
        }
    }

    /**
     * Ready as it runs unless a row says otherwise. An environment may be meant for a place that has more than this one, and be deployed all
     * the same: what cannot be had here is refused to its runs.
     */
    private ReadyVersion prepared(BuildLease lease, @Nullable BuiltImage image, @Nullable BuiltServices services, BuildProgressLog log)
            throws NotRunnableException, SandboxException, InterruptedException {
        try {
            return prepared(lease, image, services, lease.runtimeConfig(), log);
        } catch (NotRunnableException refused) {
            log.line("built and tried without its runtime_config, runs that keep to that fail here: " + refused.getMessage());
            return prepared(lease, image, services, null, log);
        }
    }

    private ReadyVersion prepared(
            BuildLease lease, @Nullable BuiltImage image, @Nullable BuiltServices services, @Nullable JsonNode runtimeConfig, BuildProgressLog log)
            throws NotRunnableException, SandboxException, InterruptedException {
        return sandboxes.prepare(
                lease.version(), lease.declaredName(), lease.contextSha256(), lease.buildArgs(), image, services, runtimeConfig, log::line);
    }

    /** For whoever asks for the version, and for the workers that run it; what nobody knows is not said, and is loaded afresh. */
    static void sayHowItStarts(ObjectNode manifest, ForkCheck.Verdict verdict, BuildProgressLog log) {
        if (verdict.lasting()) {
            var starts = manifest.putObject("starts").put("forked", verdict.forked());
            if (!verdict.forked()) {
                starts.put("reason", verdict.reason());
            }
        }
        log.line(verdict.forked()
                ? "it is loaded once, and each run is a fork of that" + (verdict.reason().isEmpty() ? "" : ": " + verdict.reason())
                : "each run loads it afresh" + (verdict.lasting() ? ": " : " until it is built again: ") + verdict.reason());
    }

    private JsonNode manifest(BuildLease lease, ReadyVersion version, BuildProgressLog log)
            throws NotRunnableException, SandboxException, IOException, InterruptedException {
        try (var sandbox = sandboxes.tryOut(version, lease.declaredName(), lease.environmentVariables(), lease.build().toString())) {
            try (var client = ControlClient.connect(sandbox.address(), sandboxes.startupTimeout())) {
                var manifest = Manifests.of(client.hello(), client.rawTasks());
                if (sandboxes.forks(version)) {
                    sayHowItStarts(manifest, forks.compare(lease, version, manifest.path("tasks"), client), log);
                }
                log.line("it serves " + manifest.path("tasks").size() + " task templates as '" + client.hello().env().name() + "'");
                return manifest;
            } catch (IOException e) {
                sandbox.outputTail().lines().forEach(log::line);
                throw new IOException("the environment started but does not answer: " + e.getMessage(), e);
            }
        }
    }
}
