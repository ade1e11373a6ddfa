// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.contracts.JobId;
import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.contracts.internal.Lease;
import dev.assay.contracts.internal.LeaseRelease;
import dev.assay.contracts.internal.Outcome;
import dev.assay.kit.ServiceStart;
import dev.assay.sdk.protocol.Json;
import dev.assay.sdk.runtimes.Network;
import dev.assay.sdk.runtimes.process.ProcessRuntime;
import dev.assay.testsupport.TestPlatform;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;

/** A whole worker with real sandboxes, between services that are fakes: runs are offered to it, and what it tells of them is heard. */
final class RunningWorker implements AutoCloseable {

    /** Where environments that somebody else serves may be. */
    static final String ELSEWHERE = "127.0.0.7";

    private static final int PATIENCE_SECONDS = 180;

    final FakePlatform platform = new FakePlatform();
    private final Path data;
    private ConfigurableApplicationContext context;
    private CountDownLatch answers = new CountDownLatch(0);

    RunningWorker(Path data) throws IOException {
        this.data = data;
        platform.environment("testing", Map.of());
        platform.environment("broken", Map.of("FAIL_TO_START", "1"));
        startAgain();
    }

    ConfigurableApplicationContext context() {
        return context;
    }

    /** By plan; what it had asked for is forgotten. */
    void stop() {
        context.close();
        platform.forgetWaiting();
    }

    void startAgain() {
        startAgain(Duration.ofMinutes(1));
    }

    /** @param startup how long environments may take to serve */
    void startAgain(Duration startup) {
        context = ServiceStart.run(
                Worker.class, "worker", "--server.port=0", "--assay.metrics-token=for-metrics",
                "--assay.keys.own=" + TestPlatform.keysOf("worker"), "--assay.keys.public=" + TestPlatform.publicKeys(),
                "--assay.data=" + data,
                "--assay.job-url=" + platform.url(), "--assay.environment-url=" + platform.url(), "--assay.trace-url=" + platform.url(),
                "--assay.gateway-url=" + platform.url(), "--assay.worker.startup-timeout=" + startup, "--assay.worker.renew-every=500ms",
                "--assay.worker.poll=2s", "--assay.worker.e2b-api=" + platform.url(), "--assay.worker.network-allow=" + ELSEWHERE,
                "--assay.worker.report-every=200ms", "--assay.worker.drain-within=1s", "--assay.worker.reap-every=500ms");
    }

    /** For the next test: nothing is left of this one, and the services are well. */
    void calmDown() {
        answers.countDown();
        platform.model = body -> "3";
        platform.tracesDown = false;
        platform.draining = false;
        platform.refusal = outcome -> null;
        platform.ttl = FakePlatform.TTL;
        if (!context.isActive()) {
            startAgain();
        }
        Awaitility.await().until(() -> sandboxesLeft() == 0);
    }

    /** From now on no model answers, until the test is over. Opens when one is asked. */
    CountDownLatch modelKeepsWaiting() {
        var asked = new CountDownLatch(1);
        var answers = new CountDownLatch(1);
        this.answers = answers;
        platform.model = body -> {
            asked.countDown();
            return once(answers, "3");
        };
        return asked;
    }

    void modelAnswers() {
        answers.countDown();
    }

    static String once(CountDownLatch open, String then) {
        try {
            open.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return then;
    }

    Lease lease(String task, @Nullable JsonNode verifier) {
        return lease("testing", task, verifier, 60_000);
    }

    Lease lease(String environment, String task, @Nullable JsonNode verifier, long timeout) {
        return lease(environment, task, verifier, timeout, agent());
    }

    Lease lease(String environment, String task, @Nullable JsonNode verifier, long timeout, JsonNode agent) {
        var run = run();
        return offer(new Lease(
                run, JobId.parse(UUID.randomUUID().toString()), team(), 1, platform.ttl, 600_000, timeout, null, environment, null, task, "slug",
                Json.object(), agent, null, null, null, verifier, null, "run-key-of-" + run));
    }

    /** One that asks to run like this. */
    Lease leaseWith(JsonNode runtimeConfig) {
        return unoffered(team(), JobId.parse(UUID.randomUUID().toString()), 1, "count", runtimeConfig, agent());
    }

    Lease leaseOf(TeamId team, JobId job, String task, JsonNode runtimeConfig) {
        return leaseOf(team, job, task, runtimeConfig, agent());
    }

    Lease leaseOf(TeamId team, JobId job, String task, JsonNode runtimeConfig, JsonNode agent) {
        return offer(unoffered(team, job, 1, task, runtimeConfig, agent));
    }

    Lease furtherLeaseOf(TeamId team, JobId job, int attempt, String task, JsonNode runtimeConfig) {
        return offer(unoffered(team, job, attempt, task, runtimeConfig, agent()));
    }

    private Lease unoffered(TeamId team, JobId job, int attempt, String task, JsonNode runtimeConfig, JsonNode agent) {
        var run = run();
        return new Lease(
                run, job, team, attempt, platform.ttl, 600_000, 60_000, null, "testing", null, task, "slug",
                Json.object(), agent, null, null, runtimeConfig, null, null, "run-key-of-" + run);
    }

    Lease offer(Lease lease) {
        platform.leases.add(lease);
        return lease;
    }

    static JsonNode agent() {
        return Json.MAPPER.readTree("{\"type\":\"openai_compatible\",\"config\":{\"model\":\"played\"}}");
    }

    static RunId run() {
        return RunId.parse(UUID.randomUUID().toString());
    }

    static TeamId team() {
        return TeamId.parse(UUID.randomUUID().toString());
    }

    Outcome outcome(Lease lease) throws InterruptedException {
        BlockingQueue<Outcome> told = platform.outcomes.computeIfAbsent(lease.run().toString(), key -> new LinkedBlockingQueue<>());
        var outcome = told.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertThat(outcome).as("an outcome of %s", lease.task()).isNotNull();
        return outcome;
    }

    LeaseRelease released(Lease lease) throws InterruptedException {
        var told = platform.releases.computeIfAbsent(lease.run().toString(), key -> new LinkedBlockingQueue<>());
        var release = told.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertThat(release).as("a release of %s", lease.task()).isNotNull();
        return release;
    }

    /** Until nothing runs here any more. */
    void awaitIdle() {
        awaitRunning(0);
    }

    void awaitRunning(int many) {
        await("assay.worker.rollouts.running", many);
    }

    void awaitNone(String gauge) {
        await(gauge, 0);
    }

    private void await(String gauge, int many) {
        var left = context.getBean(MeterRegistry.class).get(gauge).gauge();
        Awaitility.await().until(() -> left.value() == many);
    }

    long sandboxesLeft() {
        try (var left = Files.list(data.resolve("worker/sandboxes"))) {
            return left.count();
        } catch (IOException e) {
            return -1;
        }
    }

    /** Where the one sandbox that is there now answers. */
    SocketAddress control() throws IOException {
        var runtime = context.getBean(ProcessRuntime.class);
        var doors = Stream.of(Network.NONE, Network.OUTBOUND, Network.LISTED).map(runtime::doorOf).toList();
        try (var files = Files.list(doors.getFirst().getParent())) {
            var ofSandboxes = files.filter(file -> !doors.contains(file)).toList();
            assertThat(ofSandboxes).hasSize(1);
            return UnixDomainSocketAddress.of(ofSandboxes.getFirst());
        }
    }

    @Override
    public void close() {
        answers.countDown();
        context.close();
        platform.close();
    }
}
