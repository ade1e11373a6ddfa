// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.rollout;

import dev.assay.contracts.internal.Lease;
import dev.assay.contracts.internal.Outcome;
import dev.assay.sdk.agents.Harness;
import dev.assay.sdk.protocol.step.SystemStep;
import dev.assay.sdk.runtimes.ProcessRuntime;
import dev.assay.worker.WorkerSettings;
import dev.assay.worker.lease.LeaseKeeper;
import dev.assay.worker.lease.LeaseLostException;
import dev.assay.worker.lease.RunLeases;
import dev.assay.worker.lease.StopCause;
import dev.assay.worker.lease.TellOnce;
import dev.assay.worker.sandbox.Environments;
import dev.assay.worker.sandbox.Sandboxes;
import dev.assay.worker.span.Timeline;
import dev.assay.worker.span.Timelines;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/** Runs what a lease stands for, and tells the outcome once. */
@Component
class RunRollout {

    private static final Logger LOG = LoggerFactory.getLogger(RunRollout.class);

    private final RunLeases leases;
    private final Timelines timelines;
    private final Environments environments;
    private final Sandboxes sandboxes;
    private final ProcessRuntime runtime;
    private final List<Harness> harnesses;
    private final String inferenceUrl;
    private final WorkerSettings settings;
    private final Clock clock;
    private final MeterRegistry meters;
    private final Set<Attempt> running = ConcurrentHashMap.newKeySet();

    RunRollout(
            RunLeases leases, Timelines timelines, Environments environments, Sandboxes sandboxes, ProcessRuntime runtime,
            List<Harness> harnesses, @Value("${assay.gateway-url}") String gatewayUrl, WorkerSettings settings, Clock clock,
            MeterRegistry meters) {
        this.leases = leases;
        this.timelines = timelines;
        this.environments = environments;
        this.sandboxes = sandboxes;
        this.runtime = runtime;
        this.harnesses = harnesses;
        this.inferenceUrl = gatewayUrl + "/inference";
        this.settings = settings;
        this.clock = clock;
        this.meters = meters;
        meters.gaugeCollectionSize("assay.worker.rollouts.running", List.of(), running);
    }

    void run(Lease lease) {
        MDC.put("run", lease.run().hex());
        var attempt = new Attempt(lease, Thread.currentThread());
        running.add(attempt);
        var answered = new AtomicBoolean();
        var ttl = Duration.ofMillis(lease.ttlMillis());
        var timeline = timelines.of(lease.run(), lease.runKey());
        var deadline = endAfter(Duration.ofMillis(lease.runTimeoutMillis()), attempt);
        try (var keeper = LeaseKeeper.start(
                () -> leases.renew(lease, answered.get() ? "running" : "initializing"), ttl, settings.renewEvery(),
                cause -> Thread.ofVirtual().name("stop").start(() -> attempt.stop(cause)))) {
            if (lease.attempt() > 1) {
                runtime.reap(clock.instant()); // the attempt before may have died on this machine
            }
            var drive = new Drive(attempt, timeline, environments, sandboxes, harnesses, inferenceUrl, clock, () -> {
                answered.set(true);
                keeper.soon();
            });
            tell(attempt, timeline, drive, verdict(attempt, timeline, drive), ttl);
        } finally {
            deadline.interrupt();
            attempt.over();
            attempt.closeSandbox();
            running.remove(attempt);
            MDC.remove("run");
        }
    }

    /** Ends everything at once without a word: other workers take over when the leases run out. */
    void endAll() {
        running.stream()
                .map(attempt -> Thread.startVirtualThread(() -> attempt.stop(StopCause.SHUTDOWN)))
                .toList()
                .forEach(RunRollout::join);
    }

    private Verdict verdict(Attempt attempt, Timeline timeline, Drive drive) {
        try {
            return drive.run();
        } catch (InterruptedException e) {
            attempt.over();
            var cause = attempt.cause();
            if (cause == StopCause.TIMED_OUT) {
                var verdict = Verdict.timedOut(attempt.stoppedIn(), attempt.lease().runTimeoutMillis() / 1000, drive.evaluation());
                timeline.record(new SystemStep(verdict.error()), null, clock.instant());
                return verdict;
            }
            return Verdict.cancelled(null);
        }
    }

    private void tell(Attempt attempt, Timeline timeline, Drive drive, Verdict verdict, Duration ttl) {
        var lease = attempt.lease();
        var cause = attempt.cause();
        if (cause != null && cause.isSilent()) {
            LOG.info("attempt {} of run {} ends without a word: {}", lease.attempt(), lease.run(), cause);
            timeline.discard();
            return;
        }
        var timings = attempt.timings().told();
        timeline.finish();
        try {
            var outcome = new Outcome(
                    lease.attempt(), verdict.status(), verdict.stopReason(), verdict.evaluation(), verdict.error(),
                    drive.versionNumber(), timings);
            TellOnce.until(ttl.multipliedBy(4), () -> leases.report(lease, outcome));
        } catch (LeaseLostException e) {
            LOG.info("attempt {} of run {} had lost its lease when it was done", lease.attempt(), lease.run());
            timeline.discard();
            return;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        }
        LOG.info("run {} attempt {} ended: {} {} {}", lease.run(), lease.attempt(), verdict.status(), verdict.error(), timings);
        timings.forEach((phase, millis) ->
                meters.timer("assay.worker.rollout.phase", "phase", phase).record(millis, TimeUnit.MILLISECONDS));
        meters.counter("assay.worker.rollouts", "status", verdict.status()).increment();
    }

    private static Thread endAfter(Duration time, Attempt attempt) {
        return Thread.ofVirtual().name("run-timeout").start(() -> {
            try {
                Thread.sleep(time);
                attempt.stop(StopCause.TIMED_OUT);
            } catch (InterruptedException e) {
                // it ended in time
            }
        });
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
