// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.rollout;

import dev.assay.contracts.Failure;
import dev.assay.contracts.internal.Lease;
import dev.assay.contracts.internal.Outcome;
import dev.assay.sdk.protocol.step.SystemStep;
import dev.assay.sdk.runtimes.Credential;
import dev.assay.sdk.runtimes.SandboxException;
import dev.assay.worker.WorkerSettings;
import dev.assay.worker.lease.LeaseKeeper;
import dev.assay.worker.lease.LeaseLostException;
import dev.assay.worker.lease.RunLeases;
import dev.assay.worker.lease.StopCause;
import dev.assay.worker.lease.TellOnce;
import dev.assay.worker.lease.Work;
import dev.assay.worker.sandbox.Environments;
import dev.assay.worker.sandbox.NotRunnableException;
import dev.assay.worker.sandbox.RuntimeChooser;
import dev.assay.worker.sandbox.Sandboxes;
import dev.assay.worker.span.Timeline;
import dev.assay.worker.span.Timelines;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.http.converter.HttpMessageNotWritableException;
import org.springframework.stereotype.Component;
import org.springframework.web.client.HttpClientErrorException;
import org.springframework.web.client.RestClientException;
import tools.jackson.databind.JsonNode;

/** Runs what a lease stands for, and tells the outcome once, or gives the lease back. */
@Component
class RunRollout implements Work<Lease> {

    private static final Logger LOG = LoggerFactory.getLogger(RunRollout.class);

    private final RunLeases leases;
    private final Timelines timelines;
    private final Environments environments;
    private final Sandboxes sandboxes;
    private final RuntimeChooser runtimes;
    private final Harnesses harnesses;
    private final String inferenceUrl;
    private final WorkerSettings settings;
    private final Clock clock;
    private final MeterRegistry meters;
    private final Set<Attempt> running = ConcurrentHashMap.newKeySet();
    private volatile boolean ending;

    RunRollout(
            RunLeases leases, Timelines timelines, Environments environments, Sandboxes sandboxes, RuntimeChooser runtimes,
            Harnesses harnesses, @Value("${assay.gateway-url}") String gatewayUrl, WorkerSettings settings, Clock clock,
            MeterRegistry meters) {
        this.leases = leases;
        this.timelines = timelines;
        this.environments = environments;
        this.sandboxes = sandboxes;
        this.runtimes = runtimes;
        this.harnesses = harnesses;
        this.inferenceUrl = gatewayUrl + "/inference";
        this.settings = settings;
        this.clock = clock;
        this.meters = meters;
        meters.gaugeCollectionSize("assay.worker.rollouts.running", List.of(), running);
    }

    @Override
    public String name() {
        return "rollout";
    }

    @Override
    public List<Lease> ask(UUID ask, int free) {
        return leases.next(ask, free, runtimes.names());
    }

    @Override
    public void withdraw(UUID ask) {
        leases.withdraw(ask);
    }

    @Override
    public void run(Lease lease) {
        MDC.put("run", lease.run().hex());
        var attempt = new Attempt(lease, Thread.currentThread());
        running.add(attempt);
        if (ending) {
            attempt.stop(StopCause.SHUTDOWN);
        }
        var answered = new AtomicBoolean();
        var ttl = Duration.ofMillis(lease.ttlMillis());
        var timeline = timelines.of(lease.run(), lease.runKey());
        var time = new AttemptTime(lease);
        var timer = new AtomicReference<>(endAfter(time.untilItAnswers(), attempt));
        var soon = new AtomicReference<Runnable>(() -> {});
        var drive = new Drive(attempt, timeline, environments, sandboxes, runtime -> credential(lease, runtime), harnesses, inferenceUrl, clock, () -> {
            answered.set(true);
            timer.getAndSet(endAfter(time.onceItAnswers(), attempt)).interrupt();
            soon.get().run();
        }, () -> soon.get().run());
        try (var keeper = LeaseKeeper.start(
                () -> leases.renew(
                        lease,
                        answered.get() ? "running" : "initializing",
                        lease.version() == null ? drive.version() : null,
                        lease.verifierVersion() == null ? drive.verifierVersion() : null),
                ttl, settings.renewEvery(), cause -> Thread.ofVirtual().name("stop").start(() -> attempt.stop(cause)))) {
            soon.set(keeper::soon);
            if (lease.attempt() > 1) {
                runtimes.reap(clock.instant()); // the attempt before may have died on this machine
            }
            var verdict = verdict(attempt, timeline, drive, answered);
            if (verdict == null) {
                endWithoutAWord(attempt, timeline);
            } else {
                tell(attempt, timeline, drive, verdict, ttl);
            }
        } finally {
            timer.get().interrupt();
            timeline.finish(); // whatever broke here: nothing follows
            attempt.over();
            attempt.closeSandbox();
            running.remove(attempt);
            MDC.remove("run");
        }
    }

    private Credential credential(Lease lease, String runtime) throws NotRunnableException, SandboxException {
        try {
            var answer = leases.credential(lease, runtime);
            if (answer.secret() == null) {
                throw new NotRunnableException(Failure.Kind.INFRASTRUCTURE, String.valueOf(answer.reason()));
            }
            return new Credential(answer.secret());
        } catch (LeaseLostException e) {
            throw SandboxException.ofHost("the team's credential for " + runtime + " is not told to this worker: it does not hold the run any more,"
                    + " or its job-service is of an older release", e);
        } catch (RestClientException e) {
            throw SandboxException.ofHost("the team's credential for " + runtime + " cannot be had: " + e.getMessage(), e);
        }
    }

    @Override
    public void endAll() {
        ending = true;
        endHeld();
    }

    @Override
    public void endHeld() {
        running.stream()
                .map(attempt -> Thread.startVirtualThread(() -> attempt.stop(StopCause.SHUTDOWN)))
                .toList()
                .forEach(RunRollout::join);
    }

    /** What is to be told; null: nothing. */
    private @Nullable Verdict verdict(Attempt attempt, Timeline timeline, Drive drive, AtomicBoolean answered) {
        try {
            var verdict = drive.run();
            var cause = attempt.cause();
            return cause != null && cause.isSilent() ? null : verdict;
        } catch (InterruptedException e) {
            attempt.over();
            return switch (attempt.cause()) {
                case TIMED_OUT -> {
                    var lease = attempt.lease();
                    var millis = answered.get() ? lease.runTimeoutMillis() : lease.preparationMillis();
                    yield timedOut(Failures.timedOut(attempt.stoppedIn(), drive.version() != null, millis / 1000), timeline, drive);
                }
                case ROLLOUT_OVER -> timedOut(Failures.rolloutOver(attempt.stoppedIn()), timeline, drive);
                case CANCELLED -> Verdict.cancelled(null);
                case LOST, SHUTDOWN -> null;
                // nobody knows why it was interrupted: no word of the run's
                case null -> null;
            };
        }
    }

    private Verdict timedOut(Failure failure, Timeline timeline, Drive drive) {
        timeline.record(new SystemStep(failure.detail()), null, clock.instant());
        return Verdict.timedOut(failure, drive.evaluation());
    }

    /** The sandbox is gone by now, or is others' and lets this run in no more: another attempt may begin. */
    private void endWithoutAWord(Attempt attempt, Timeline timeline) {
        var lease = attempt.lease();
        var cause = attempt.cause();
        attempt.over();
        attempt.closeSandbox();
        timeline.discard();
        LOG.info("attempt {} of run {} ends without a word: {}", lease.attempt(), lease.run(), cause);
        if (cause != StopCause.LOST) {
            giveBack(lease, cause == null ? "it was interrupted, nobody knows by whom" : null);
        }
    }

    @Override
    public void giveBack(Lease lease, @Nullable String failure) {
        TellOnce.giveBack("run " + lease.run(), () -> leases.release(lease, failure));
    }

    private void tell(Attempt attempt, Timeline timeline, Drive drive, Verdict verdict, Duration ttl) {
        var lease = attempt.lease();
        var timings = attempt.timings().told();
        timeline.finish();
        try {
            TellOnce.until(ttl.multipliedBy(4), () -> report(lease, drive, verdict, timings, drive.metadata()));
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

    /** What is refused is told again with less: the attempt is over, and making it again would end in the same. */
    private void report(Lease lease, Drive drive, Verdict verdict, Map<String, Long> timings, @Nullable JsonNode metadata)
            throws LeaseLostException {
        try {
            leases.report(lease, outcome(lease, drive, verdict, timings, metadata));
        } catch (HttpClientErrorException e) {
            if (TellOnce.isPassing(e.getStatusCode())) {
                throw e;
            }
            if (verdict.evaluation() == null && timings.isEmpty() && metadata == null) {
                throw e; // less cannot be told
            }
            var refusal = "the outcome was refused: " + TellOnce.reason(e);
            LOG.error("run {} attempt {}: {}", lease.run(), lease.attempt(), refusal);
            report(lease, drive, verdict.reduced(refusal, !timings.isEmpty()), Map.of(), null);
        } catch (HttpMessageNotWritableException e) { // nested deeper than is written
            LOG.error("run {} attempt {}: the outcome cannot be written", lease.run(), lease.attempt(), e);
            report(lease, drive, verdict.reduced("the outcome cannot be written: it is nested too deep", !timings.isEmpty()), Map.of(), null);
        }
    }

    private static Outcome outcome(
            Lease lease, Drive drive, Verdict verdict, Map<String, Long> timings, @Nullable JsonNode metadata) {
        return new Outcome(
                lease.attempt(), verdict.status(), verdict.stopReason(), verdict.evaluation(), verdict.failure(), drive.versionNumber(),
                timings, metadata);
    }

    private static Thread endAfter(AttemptTime.Limit limit, Attempt attempt) {
        return Thread.ofVirtual().name("run-timeout").start(() -> {
            try {
                Thread.sleep(limit.in());
                attempt.stop(limit.cause());
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
