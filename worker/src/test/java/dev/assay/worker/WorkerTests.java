// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.contracts.BuildId;
import dev.assay.contracts.JobId;
import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.contracts.VersionId;
import dev.assay.contracts.internal.BuildLease;
import dev.assay.contracts.internal.BuildOutcome;
import dev.assay.contracts.internal.Lease;
import dev.assay.contracts.internal.LeaseRelease;
import dev.assay.contracts.internal.LeaseRenewal;
import dev.assay.contracts.internal.Outcome;
import dev.assay.kit.ServiceStart;
import dev.assay.sdk.protocol.Json;
import dev.assay.sdk.runtimes.ProcessRuntime;
import dev.assay.testsupport.TestPlatform;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.web.client.RestClient;
import tools.jackson.databind.JsonNode;

/** The whole worker with real sandboxes, between services that are fakes. */
@DisabledIfEnvironmentVariable(
        named = "ASSAY_TESTS_WITHOUT", matches = ".*(bubblewrap|socat|util-linux).*", disabledReason = "no sandboxes here")
class WorkerTests {

    @TempDir
    static Path data;

    static FakePlatform platform;
    static ConfigurableApplicationContext worker;

    @BeforeAll
    static void start() throws Exception {
        platform = new FakePlatform();
        platform.environment("testing", Map.of());
        platform.environment("broken", Map.of("FAIL_TO_START", "1"));
        worker = startWorker();
    }

    @AfterAll
    static void stop() {
        worker.close();
        platform.close();
    }

    @AfterEach
    void nothingIsLeft() throws Exception {
        platform.model = body -> "3";
        platform.tracesDown = false;
        platform.refusal = outcome -> null;
        platform.ttl = FakePlatform.TTL;
        await(() -> sandboxesLeft() == 0);
    }

    @Test
    void aRolloutIsGradedAndItsStepsAreTold() throws Exception {
        var lease = lease("count", null);
        var outcome = outcome(lease);
        assertThat(outcome.status()).isEqualTo("completed");
        assertThat(outcome.stopReason()).isEqualTo("done");
        assertThat(outcome.evaluation().path("score").asDouble()).isEqualTo(1.0);
        assertThat(outcome.error()).isNull();
        assertThat(outcome.environmentVersion()).isEqualTo(7);
        assertThat(outcome.timings()).containsKeys("provision", "start", "agent", "grade", "cleanup");
        assertSteps(lease, "task/setup", "user", "agent", "task/evaluate");
        assertThat(platform.modelCalls).contains("Bearer run-key-of-" + lease.run() + " " + lease.run().hex());
        assertThat(platform.phases.get(lease.run().toString())).contains("running");
    }

    @Test
    void aModelCallTellsInWhichOtherRunItsRunWasBegun() throws Exception {
        var alone = lease("count", null);
        var parent = run();
        var within = offer(new Lease(
                run(), alone.job(), alone.team(), 1, FakePlatform.TTL, 600_000, 60_000, "testing", null, "count", "slug", Json.object(), agent(),
                null, parent, null, null, null, "a run's key"));
        outcome(alone);
        outcome(within);
        assertThat(platform.parents).containsEntry(within.run().hex(), parent.hex()).containsEntry(alone.run().hex(), "null");
    }

    @Test
    void anEnvironmentServiceThatIsAwayCostsNeitherARunNorABuild() throws Exception {
        platform.environment("fetched", Map.of());
        platform.environmentsAway.set(8);
        assertThat(outcome(lease("fetched", "count", null, 60_000)).status()).isEqualTo("completed");
        platform.environmentsAway.set(2);
        assertThat(build(Map.of(), platform.context).error()).isNull();
    }

    @Test
    void anEnvironmentAsksModelsOfItsOwnWithTheKeyOfItsRun() throws Exception {
        var lease = lease("judged", null);
        assertThat(outcome(lease).evaluation().path("score").asDouble()).isEqualTo(1.0);
        assertThat(platform.modelCalls).contains("Bearer run-key-of-" + lease.run() + " null");
    }

    @Test
    void itsDoorLeadsToNothingElseOfThePlatform() throws Exception {
        var runtime = worker.getBean(ProcessRuntime.class);
        assertThat(runtime.door()).isPresent();
        var told = outcome(lease("curious", null)).evaluation().path("content").asString();
        assertThat(told).contains("/inference/… and /telemetry/… only");
    }

    @Test
    void anEnvironmentThatIsNotThereOrDoesNotStartIsAnErrorOfProvisioning() throws Exception {
        var unknown = outcome(lease("nowhere", "count", null, 60_000));
        assertThat(unknown.error()).isEqualTo("[provisioning] there is no environment 'nowhere' that was built");
        assertUngraded(unknown);
        var broken = lease("broken", "count", null, 60_000);
        assertThat(outcome(broken).error())
                .startsWith("[provisioning] the environment exited with code 1 before serving: ")
                .contains("no licence for this machine");
        assertSteps(broken, "system");
    }

    @Test
    void whatFailsInTheTaskIsToldWithItsPhaseAndLeavesTheRunUngraded() throws Exception {
        assertUngraded("badstart", "[starting task] hud rpc error -32000: ", "nothing to start with");
        assertUngraded("badgrade", "[grading] hud rpc error -32000: ", "lost the answer sheet");
        assertUngraded("nan", "[grading] hud rpc error -32", "score");
        assertUngraded("halt", "[grading] EOFError: ", "disk full, giving up");
        assertUngraded("nosuchtask", "[starting task] hud rpc error -32", "nosuchtask");
    }

    @Test
    void theRecordOfAGradeIsWithoutWhatGradersNotedForThemselves() throws Exception {
        var evaluation = outcome(lease("parts", null)).evaluation();
        assertThat(evaluation.path("subscores")).hasToString("[{\"name\":\"a\",\"weight\":1.0,\"value\":0.5,\"children\":null}]");
    }

    @Test
    void aGradeWhosePartsTheClientWouldRefuseIsNone() throws Exception {
        assertUngraded("wrongparts", "[grading] hud rpc error -32603: tasks.grade: subscores.0.value: must be between 0 and 1", "7");
    }

    @Test
    void anEnvironmentThatDiesEndsItsAgent() throws Exception {
        var never = new CountDownLatch(1);
        platform.model = body -> waitFor(never, "3");
        var outcome = outcome(lease("dies", null));
        never.countDown();
        assertUngraded(outcome);
        assertThat(outcome.error()).startsWith("[agent loop] the control channel was lost: ");
    }

    @Test
    void aGradeThatSaysItIsAnErrorIsKeptAsItIs() throws Exception {
        var outcome = outcome(lease("refuses", null));
        assertThat(outcome.status()).isEqualTo("completed");
        assertThat(outcome.evaluation().path("isError").asBoolean()).isTrue();
        assertThat(outcome.evaluation().path("score").asDouble()).isEqualTo(0.5);
    }

    @Test
    void aRunWhoseModelNeverAnsweredIsAnErrorAndNotGraded() throws Exception {
        platform.model = body -> "ERROR: no such model";
        var lease = lease("count", null);
        var outcome = outcome(lease);
        assertThat(outcome.status()).isEqualTo("error");
        assertThat(outcome.error()).startsWith("[agent loop] ").contains("no such model");
        assertUngraded(outcome);
        assertSteps(lease, "task/setup", "user", "system");
    }

    @Test
    void anAgentOfAnUnknownTypeIsAnError() throws Exception {
        var lease = lease("testing", "count", null, 60_000, Json.MAPPER.readTree("{\"type\":\"crystal_ball\",\"config\":{}}"));
        assertThat(outcome(lease).error()).isEqualTo("[provisioning] this worker drives no agent of type 'crystal_ball'");
    }

    @Test
    void anAgentThatTakesTooLongIsGradedWithWhatItHas() throws Exception {
        var release = new CountDownLatch(1);
        platform.model = body -> waitFor(release, "3");
        var agent = Json.MAPPER.readTree("{\"type\":\"openai_compatible\",\"config\":{\"model\":\"m\",\"timeout_seconds\":1}}");
        var outcome = outcome(lease("testing", "count", null, 60_000, agent));
        release.countDown();
        assertThat(outcome.status()).isEqualTo("error");
        assertThat(outcome.stopReason()).isEqualTo("timeout");
        assertThat(outcome.error()).isEqualTo("agent timed out after 1s");
        assertThat(outcome.evaluation().path("score").asDouble()).isZero();
    }

    @Test
    void aRunThatTakesTooLongIsEndedUngraded() throws Exception {
        var lease = lease("testing", "slowgrade", null, 6_000);
        var outcome = outcome(lease);
        assertThat(outcome.status()).isEqualTo("error");
        assertThat(outcome.stopReason()).isEqualTo("timeout");
        assertThat(outcome.error()).isEqualTo("rollout timed out after 6s during grading");
        assertUngraded(outcome);
        assertLastStep(lease, "system");
    }

    @Test
    void aCancelledRunIsToldAsCancelled() throws Exception {
        var asked = new CountDownLatch(1);
        var release = new CountDownLatch(1);
        platform.model = body -> {
            asked.countDown();
            return waitFor(release, "3");
        };
        var lease = lease("count", null);
        assertThat(asked.await(30, TimeUnit.SECONDS)).isTrue();
        platform.cancelled.add(lease.run().toString());
        var outcome = outcome(lease);
        release.countDown();
        assertThat(outcome.status()).isEqualTo("cancelled");
        assertUngraded(outcome);
        assertThat(outcome.error()).isNull();
    }

    @Test
    void anAttemptThatLostItsLeaseEndsWithoutAWord() throws Exception {
        var asked = new CountDownLatch(1);
        var release = new CountDownLatch(1);
        platform.model = body -> {
            asked.countDown();
            return waitFor(release, "3");
        };
        var lease = lease("count", null);
        assertThat(asked.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(sandboxesLeft()).isEqualTo(1);
        platform.lost.add(lease.run().toString());
        await(() -> sandboxesLeft() == 0);
        release.countDown();
        var running = worker.getBean(MeterRegistry.class).get("assay.worker.rollouts.running").gauge();
        await(() -> running.value() == 0);
        assertThat(platform.outcomes.get(lease.run().toString())).isNullOrEmpty();
    }

    @Test
    void theVerifierHasTheLastWord() throws Exception {
        var same = lease("count", Json.MAPPER.readTree("{\"env\":\"testing\",\"id\":\"verify\",\"args\":{}}"));
        assertThat(outcome(same).evaluation().path("score").asDouble()).isEqualTo(0.5);
        assertSteps(same, "task/setup", "user", "agent", "task/evaluate", "task/setup", "task/evaluate");
        platform.environment("verifier", Map.of());
        var other = lease("count", Json.MAPPER.readTree("{\"env\":\"verifier\",\"id\":\"verify\",\"args\":{}}"));
        assertThat(outcome(other).evaluation().path("score").asDouble()).isEqualTo(0.5);
        var failing = outcome(lease("count", Json.MAPPER.readTree("{\"env\":\"testing\",\"id\":\"badgrade\",\"args\":{}}")));
        assertThat(failing.error()).startsWith("[verifying] ").contains("lost the answer sheet");
        assertUngraded(failing);
    }

    @Test
    void stepsAreNotLostWhileTraceServiceIsAway() throws Exception {
        platform.tracesDown = true;
        var lease = lease("count", null);
        await(() -> !platform.modelCalls.isEmpty() && platform.modelCalls.getLast().endsWith(lease.run().hex()));
        platform.tracesDown = false;
        outcome(lease);
        assertSteps(lease, "task/setup", "user", "agent", "task/evaluate");
    }

    @Test
    void anOutcomeDoesNotWaitForItsStepsAndTheNextWorkerSendsThem() throws Exception {
        platform.tracesDown = true;
        var lease = lease("count", null);
        assertThat(outcome(lease).status()).isEqualTo("completed");
        assertThat(platform.stepsOf(lease.run().hex())).isEmpty();
        worker.close();
        platform.forgetWaiting();
        platform.tracesDown = false;
        worker = startWorker();
        assertSteps(lease, "task/setup", "user", "agent", "task/evaluate");
    }

    @Test
    void whatTheRuntimeCannotGiveIsRefused() throws Exception {
        var config = Json.MAPPER.readTree("{\"resources\":{\"gpu\":{\"type\":\"H100\",\"count\":1}}}");
        var outcome = outcome(offer(new Lease(
                run(), JobId.parse(UUID.randomUUID().toString()), team(), 1, FakePlatform.TTL, 600_000, 60_000, "testing", null, "count", "s",
                Json.object(), agent(), null, null, config, null, null, "key")));
        assertThat(outcome.error()).startsWith("[provisioning] runtime_config asks for resources.gpu");
    }

    @Test
    void aBuildStartsTheEnvironmentOnceAndKeepsWhatItOffers() throws Exception {
        var outcome = build(Map.of(), platform.context);
        assertThat(outcome.succeeded()).as(outcome.error()).isTrue();
        assertThat(outcome.manifest().path("env").path("name").asString()).isEqualTo("testing");
        assertThat(outcome.manifest().path("tasks")).extracting(task -> task.path("id").asString()).contains("count", "verify");
        assertThat(outcome.manifest().path("capabilities").isArray()).isTrue();
        assertThat(platform.buildLog).extracting("message").asString().contains("unpacking the context", "starting the environment once");
    }

    @Test
    void aBuildThatFailsSaysWhy() throws Exception {
        assertThat(build(Map.of("FAIL_TO_START", "1"), platform.context).error())
                .startsWith("the environment exited with code 1 before serving");
        assertThat(platform.buildLog).extracting("message").asString().contains("no licence for this machine", "not used: env.py");
        assertThat(platform.buildLog.getLast().message()).startsWith("FAILED: the environment exited with code 1 before serving");
        assertThat(build(Map.of(), "no archive".getBytes(StandardCharsets.UTF_8)).error())
                .startsWith("the context is not compressed with gzip");
        assertThat(build(Map.of(), TestEnvironment.tarGz(Map.of("README.md", new byte[0]))).error())
                .startsWith("nothing in the context can be served");
        assertThat(build(Map.of("NEVER_SERVE", "1"), platform.context).error()).isEqualTo("the environment did not serve within 8s");
    }

    @Test
    void aWorkerThatEndsGivesUpWithoutAWord() throws Exception {
        var asked = new CountDownLatch(1);
        var release = new CountDownLatch(1);
        platform.model = body -> {
            asked.countDown();
            return waitFor(release, "3");
        };
        var lease = lease("count", null);
        assertThat(asked.await(30, TimeUnit.SECONDS)).isTrue();
        worker.close();
        platform.forgetWaiting();
        assertThat(sandboxesLeft()).isZero();
        release.countDown();
        assertThat(platform.outcomes.get(lease.run().toString())).isNullOrEmpty();
        assertThat(platform.releases.get(lease.run().toString())).containsExactly(new LeaseRelease(1, null));
        worker = startWorker();
    }

    @Test
    void aLeaseWhoseAnswerWasLostIsWorkedOnAllTheSame() throws Exception {
        platform.answersToLose = 1;
        var outcome = outcome(lease("count", null));
        assertThat(outcome.status()).isEqualTo("completed");
        assertThat(platform.answersToLose).isZero();
    }

    @Test
    void aRenewalThatHangsEndsTheAttemptWhenItsLeaseEnds() throws Exception {
        var asked = new CountDownLatch(1);
        var release = new CountDownLatch(1);
        platform.model = body -> {
            asked.countDown();
            return waitFor(release, "3");
        };
        platform.ttl = 2_000;
        var lease = lease("count", null);
        var run = lease.run().toString();
        await(() -> platform.phases.getOrDefault(run, List.of()).contains("running"));
        assertThat(asked.await(30, TimeUnit.SECONDS)).isTrue();
        platform.hanging.add(run);
        await(() -> sandboxesLeft() == 0);
        release.countDown();
        var running = worker.getBean(MeterRegistry.class).get("assay.worker.rollouts.running").gauge();
        await(() -> running.value() == 0);
        platform.hanging.remove(run);
        assertThat(platform.outcomes.get(run)).isNullOrEmpty();
        assertThat(platform.releases.get(run)).isNullOrEmpty();
    }

    @Test
    void anInterruptWithoutACauseIsGivenBackAndNotCalledACancellation() throws Exception {
        var lease = strange("interrupt itself");
        assertThat(released(lease).failure()).contains("interrupted");
        assertThat(platform.outcomes.get(lease.run().toString())).isNullOrEmpty();
    }

    @Test
    void whatBreaksInTheWorkerIsGivenBackWithItsReason() throws Exception {
        var lease = strange("break");
        assertThat(released(lease).failure()).contains("StackOverflowError");
        assertThat(platform.outcomes.get(lease.run().toString())).isNullOrEmpty();
    }

    @Test
    void anOutcomeThatIsRefusedIsToldWithLess() throws Exception {
        platform.refusal = outcome -> outcome.timings().isEmpty() ? null : "timings: too many";
        var graded = outcome(lease("count", null));
        assertThat(graded.status()).isEqualTo("error");
        assertThat(graded.evaluation()).isEqualTo(Json.MAPPER.readTree("{\"score\": 1.0}"));
        assertThat(graded.error()).isEqualTo("[report] the outcome was refused: 400: timings: too many");

        platform.refusal = outcome -> outcome.evaluation() == null ? null : "evaluation: no";
        var ungraded = outcome(lease("count", null));
        assertThat(ungraded.error()).isEqualTo("[report] the outcome was refused: 400: evaluation: no");
        assertUngraded(ungraded);

        platform.refusal = outcome -> "nothing is right";
        var lease = lease("count", null);
        assertThat(released(lease).failure()).contains("nothing is right");
    }

    @Test
    void anAgentIsNotRunWithoutWhatItsTypeWorksWith() throws Exception {
        platform.environment("tooled", Map.of("OFFER_TOOLS", "1"));
        var calls = platform.modelCalls.size();
        var outcome = outcome(lease("tooled", "count", null, 60_000));
        assertThat(outcome.status()).isEqualTo("error");
        assertThat(outcome.error()).contains("'tools' (mcp/2025-11-25)").contains("openai_compatible");
        assertUngraded(outcome);
        assertThat(platform.modelCalls).hasSize(calls);
    }

    @Test
    void theVersionIsThatOfTheLeaseOrIsToldForLaterAttempts() throws Exception {
        var found = platform.environments.get("testing").versionId();
        var unsettled = lease("count", null);
        outcome(unsettled);
        assertThat(platform.renewals.get(unsettled.run().toString())).extracting(LeaseRenewal::version).contains(found);
        var settled = outcome(offer(new Lease(
                run(), JobId.parse(UUID.randomUUID().toString()), team(), 2, FakePlatform.TTL, 600_000, 60_000, "testing", found, "count",
                "s", Json.object(), agent(), null, null, null, null, null, "key")));
        assertThat(settled.status()).isEqualTo("completed");
        assertThat(platform.resolved.getLast()).contains("version=" + found);
    }

    @Test
    void anEnvironmentThatIsNotReadyInTimeIsATimeoutOfProvisioning() throws Exception {
        platform.environment("slow", Map.of("NEVER_SERVE", "1"));
        var outcome = outcome(offer(new Lease(
                run(), JobId.parse(UUID.randomUUID().toString()), team(), 1, FakePlatform.TTL, 1_000, 60_000, "slow", null, "count", "s",
                Json.object(), agent(), null, null, null, null, null, "key")));
        assertThat(outcome.error()).isEqualTo("rollout timed out after 1s during provisioning");
        assertThat(outcome.stopReason()).isEqualTo("timeout");
    }

    private static Lease strange(String does) throws Exception {
        return lease("testing", "count", null, 60_000, Json.MAPPER.readTree("{\"type\":\"strange\",\"config\":{\"does\":\"" + does + "\"}}"));
    }

    private static LeaseRelease released(Lease lease) throws InterruptedException {
        var told = platform.releases.computeIfAbsent(lease.run().toString(), key -> new LinkedBlockingQueue<>());
        var release = told.poll(60, TimeUnit.SECONDS);
        assertThat(release).as("a release of %s", lease.task()).isNotNull();
        return release;
    }

    @Test
    void tellsItsHealthAndItsNumbers() {
        var http = RestClient.create("http://127.0.0.1:" + ((ServletWebServerApplicationContext) worker).getWebServer().getPort());
        assertThat(http.get().uri("/actuator/health/readiness").retrieve().body(String.class)).contains("UP");
        assertThat(http.get().uri("/actuator/health").retrieve().body(String.class)).contains("\"isolation\"", "walled off");
        assertThat(http.get().uri("/actuator/prometheus").header("Authorization", "Bearer for-metrics").retrieve().body(String.class))
                .contains("assay_worker_rollouts_running");
    }

    private static ConfigurableApplicationContext startWorker() {
        return ServiceStart.run(
                Worker.class, "worker", "--server.port=0", "--assay.metrics-token=for-metrics",
                "--assay.keys.own=" + TestPlatform.keysOf("worker"), "--assay.keys.public=" + TestPlatform.publicKeys(),
                "--assay.data=" + data,
                "--assay.job-url=" + platform.url(), "--assay.environment-url=" + platform.url(), "--assay.trace-url=" + platform.url(),
                "--assay.gateway-url=" + platform.url(), "--assay.worker.startup-timeout=8s", "--assay.worker.renew-every=500ms",
                "--assay.worker.poll=2s");
    }

    private static void assertUngraded(String task, String beginning, String part) throws Exception {
        var lease = lease(task, null);
        var outcome = outcome(lease);
        assertThat(outcome.status()).isEqualTo("error");
        assertUngraded(outcome);
        assertThat(outcome.error()).startsWith(beginning).contains(part);
        assertLastStep(lease, "system");
    }

    /** They come when they come: an outcome does not wait for them. */
    private static void assertSteps(Lease lease, String... steps) throws InterruptedException {
        await(() -> platform.stepsOf(lease.run().hex()).size() >= steps.length);
        assertThat(platform.stepsOf(lease.run().hex())).containsExactly(steps);
    }

    private static void assertLastStep(Lease lease, String step) throws InterruptedException {
        await(() -> platform.stepsOf(lease.run().hex()).contains(step));
        assertThat(platform.stepsOf(lease.run().hex())).endsWith(step);
    }

    /** Absent, never an empty object: that would be a grade. */
    private static void assertUngraded(Outcome outcome) {
        assertThat(outcome.evaluation() == null || outcome.evaluation().isNull()).isTrue();
    }

    private static BuildOutcome build(Map<String, String> variables, byte[] context) throws Exception {
        platform.buildLog.clear();
        platform.buildContext = context;
        try {
            platform.builds.add(new BuildLease(
                    BuildId.parse(UUID.randomUUID().toString()), VersionId.random(), team(), "testing", 1, FakePlatform.TTL, "", variables,
                    Map.of()));
            var outcome = platform.buildOutcomes.poll(60, TimeUnit.SECONDS);
            assertThat(outcome).isNotNull();
            return outcome;
        } finally {
            platform.buildContext = platform.context;
        }
    }

    private static Lease lease(String task, @Nullable JsonNode verifier) {
        return lease("testing", task, verifier, 60_000);
    }

    private static Lease lease(String environment, String task, @Nullable JsonNode verifier, long timeout) {
        return lease(environment, task, verifier, timeout, agent());
    }

    private static Lease lease(String environment, String task, @Nullable JsonNode verifier, long timeout, JsonNode agent) {
        var run = run();
        return offer(new Lease(
                run, JobId.parse(UUID.randomUUID().toString()), team(), 1, FakePlatform.TTL, 600_000, timeout, environment, null, task, "slug",
                Json.object(), agent, null, null, null, verifier, null, "run-key-of-" + run));
    }

    private static Lease offer(Lease lease) {
        platform.leases.add(lease);
        return lease;
    }

    private static JsonNode agent() {
        return Json.MAPPER.readTree("{\"type\":\"openai_compatible\",\"config\":{\"model\":\"played\"}}");
    }

    private static RunId run() {
        return RunId.parse(UUID.randomUUID().toString());
    }

    private static TeamId team() {
        return TeamId.parse(UUID.randomUUID().toString());
    }

    private static Outcome outcome(Lease lease) throws InterruptedException {
        BlockingQueue<Outcome> told = platform.outcomes.computeIfAbsent(lease.run().toString(), key -> new LinkedBlockingQueue<>());
        var outcome = told.poll(60, TimeUnit.SECONDS);
        assertThat(outcome).as("an outcome of %s", lease.task()).isNotNull();
        return outcome;
    }

    private static String waitFor(CountDownLatch release, String then) {
        try {
            release.await(60, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return then;
    }

    private static long sandboxesLeft() {
        try (var left = Files.list(data.resolve("worker/sandboxes"))) {
            return left.count();
        } catch (IOException e) {
            return -1;
        }
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        for (int i = 0; i < 1500 && !condition.getAsBoolean(); i++) {
            Thread.sleep(20);
        }
        assertThat(condition.getAsBoolean()).isTrue();
    }
}
