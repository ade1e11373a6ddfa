// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.assay.contracts.BuildId;
import dev.assay.contracts.Failure;
import dev.assay.contracts.Failure.Kind;
import dev.assay.contracts.Failure.Phase;
import dev.assay.contracts.JobId;
import dev.assay.contracts.VersionId;
import dev.assay.contracts.internal.BuildLease;
import dev.assay.contracts.internal.BuildOutcome;
import dev.assay.contracts.internal.Lease;
import dev.assay.contracts.internal.LeaseRenewal;
import dev.assay.contracts.internal.Outcome;
import dev.assay.sdk.protocol.Json;
import dev.assay.sdk.runtimes.process.ProcessRuntime;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import org.springframework.web.client.RestClient;
import tools.jackson.databind.JsonNode;

/** The whole worker with real sandboxes, between services that are fakes. */
@DisabledIfEnvironmentVariable(
        named = "ASSAY_TESTS_WITHOUT", matches = ".*(bubblewrap|socat|util-linux).*", disabledReason = "no sandboxes here")
class WorkerTests {

    @TempDir
    static Path data;

    static RunningWorker worker;
    static FakePlatform platform;

    @BeforeAll
    static void start() throws Exception {
        worker = new RunningWorker(data);
        platform = worker.platform;
    }

    @AfterAll
    static void stop() {
        worker.close();
    }

    @AfterEach
    void nothingIsLeft() {
        worker.calmDown();
    }

    @Test
    void aRolloutIsGradedAndItsStepsAreTold() throws Exception {
        var lease = worker.lease("count", null);
        var outcome = worker.outcome(lease);
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
        var alone = worker.lease("count", null);
        var parent = RunningWorker.run();
        var within = worker.offer(new Lease(
                RunningWorker.run(), alone.job(), alone.team(), 1, FakePlatform.TTL, 600_000, 60_000, null, "testing", null, "count", "slug",
                Json.object(), RunningWorker.agent(), null, parent, null, null, null, "a run's key"));
        worker.outcome(alone);
        worker.outcome(within);
        assertThat(platform.parents).containsEntry(within.run().hex(), parent.hex()).containsEntry(alone.run().hex(), "null");
    }

    @Test
    void anEnvironmentServiceThatIsAwayCostsNeitherARunNorABuild() throws Exception {
        platform.environment("fetched", Map.of());
        platform.environmentsAway.set(8);
        assertThat(worker.outcome(worker.lease("fetched", "count", null, 60_000)).status()).isEqualTo("completed");
        platform.environmentsAway.set(2);
        assertThat(build(Map.of(), platform.context).error()).isNull();
    }

    @Test
    void anEnvironmentAsksModelsOfItsOwnWithTheKeyOfItsRun() throws Exception {
        var lease = worker.lease("judged", null);
        assertThat(worker.outcome(lease).evaluation().path("score").asDouble()).isEqualTo(1.0);
        assertThat(platform.modelCalls).contains("Bearer run-key-of-" + lease.run() + " null");
    }

    @Test
    void itsDoorLeadsToNothingElseOfThePlatform() throws Exception {
        var runtime = worker.context().getBean(ProcessRuntime.class);
        assertThat(runtime.door()).isPresent();
        var told = worker.outcome(worker.lease("curious", null)).evaluation().path("content").asString();
        assertThat(told).contains("/inference/…, /telemetry/… and /otlp/… only");
    }

    @Test
    void anEnvironmentThatIsNotThereOrDoesNotStartIsAnErrorOfProvisioning() throws Exception {
        var unknown = worker.outcome(worker.lease("nowhere", "count", null, 60_000));
        assertThat(unknown.error()).isEqualTo("[provisioning] there is no environment 'nowhere' that was built");
        assertUngraded(unknown);
        var broken = worker.lease("broken", "count", null, 60_000);
        assertThat(worker.outcome(broken).error())
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

    /** Whatever an environment does, its run ends, says whose failure it was, and the next one is as any other. */
    @Test
    void anOddEnvironmentEndsItsOwnRunAndNoOther() throws Exception {
        platform.environment("garbage", Map.of("ANSWERS", "I am a teapot\n"));
        platform.environment("mute", Map.of("ANSWERS", ""));
        assertFailure(worker.outcome(worker.lease("garbage", "count", null, 60_000)), Kind.ENVIRONMENT, Phase.STARTING_TASK);
        var mute = worker.outcome(worker.offer(preparedIn(6_000, "mute")));
        assertThat(mute.error()).startsWith("rollout timed out after 6s during ");
        assertThat(mute.failure().kind()).isEqualTo(Kind.ENVIRONMENT);
        assertFailure(worker.outcome(worker.lease("yes", null)), Kind.GRADER, Phase.GRADING);
        assertFailure(worker.outcome(worker.lease("nan", null)), Kind.GRADER, Phase.GRADING);
        assertFailure(worker.outcome(worker.lease("halt", null)), Kind.GRADER, Phase.GRADING);
        assertThat(worker.outcome(worker.lease("billion", null)).evaluation().path("score").asDouble())
                .as("a number, whatever it is").isEqualTo(1e9);
        assertThat(worker.outcome(worker.lease("floods", null)).evaluation().path("score").asDouble()).isEqualTo(1.0);
        var forks = worker.outcome(worker.lease("forks", null));
        if (forks.failure() != null) { // where a limit holds it
            assertFailure(forks, Kind.GRADER, Phase.GRADING);
        }
        assertThat(worker.outcome(worker.lease("count", null)).evaluation().path("score").asDouble()).isEqualTo(1.0);
    }

    private static void assertFailure(Outcome outcome, Kind kind, Phase phase) {
        assertThat(outcome.status()).isEqualTo("error");
        assertThat(outcome.failure()).as(outcome.error()).extracting(Failure::kind, Failure::phase).containsExactly(kind, phase);
        assertUngraded(outcome);
    }

    @Test
    void aBuildWhoseEnvironmentDoesNotServeInTimeSaysSo() throws Exception {
        worker.stop();
        worker.startAgain(Duration.ofSeconds(1));
        assertThat(build(Map.of("NEVER_SERVE", "1"), platform.context).error()).isEqualTo("the environment did not serve within 1s");
        worker.stop();
    }

    @Test
    void theRecordOfAGradeIsWithoutWhatGradersNotedForThemselves() throws Exception {
        var evaluation = worker.outcome(worker.lease("parts", null)).evaluation();
        assertThat(evaluation.path("subscores")).hasToString("[{\"name\":\"a\",\"weight\":1.0,\"value\":0.5,\"children\":null}]");
    }

    @Test
    void aGradeWhosePartsTheClientWouldRefuseIsNone() throws Exception {
        assertUngraded("wrongparts", "[grading] hud rpc error -32603: tasks.grade: subscores.0.value: must be between 0 and 1", "7");
    }

    @Test
    void anEnvironmentThatDiesEndsItsAgent() throws Exception {
        var asked = worker.modelKeepsWaiting();
        var waiting = platform.model;
        // the environment dies when it is answered itself
        platform.model = body -> body.path("messages").isEmpty() ? RunningWorker.once(asked, "die") : waiting.apply(body);
        var outcome = worker.outcome(worker.lease("dies", null));
        assertUngraded(outcome);
        assertThat(outcome.error()).startsWith("[agent loop] the control channel was lost: ");
        assertThat(outcome.failure().kind()).isEqualTo(Kind.ENVIRONMENT);
    }

    @Test
    void aGradeThatSaysItIsAnErrorIsKeptAsItIs() throws Exception {
        var outcome = worker.outcome(worker.lease("refuses", null));
        assertThat(outcome.status()).isEqualTo("completed");
        assertThat(outcome.evaluation().path("isError").asBoolean()).isTrue();
        assertThat(outcome.evaluation().path("score").asDouble()).isEqualTo(0.5);
    }

    @Test
    void aRunWhoseModelNeverAnsweredIsAnErrorAndNotGraded() throws Exception {
        platform.model = body -> "ERROR: no such model";
        var lease = worker.lease("count", null);
        var outcome = worker.outcome(lease);
        assertThat(outcome.status()).isEqualTo("error");
        assertThat(outcome.error()).startsWith("[agent loop] ").contains("no such model");
        assertThat(outcome.failure().kind()).isEqualTo(Kind.MODEL);
        assertUngraded(outcome);
        assertSteps(lease, "task/setup", "user", "system");
    }

    @Test
    void anAgentOfAnUnknownTypeIsAnError() throws Exception {
        var lease = worker.lease("testing", "count", null, 60_000, Json.MAPPER.readTree("{\"type\":\"crystal_ball\",\"config\":{}}"));
        assertThat(worker.outcome(lease).error()).isEqualTo("[provisioning] this worker drives no agent of type 'crystal_ball'");
    }

    @Test
    void anAgentFromAJarOnThePathIsDrivenLikeTheOthers() throws Exception {
        var lease = worker.lease("testing", "count", null, 60_000, Json.MAPPER.readTree("{\"type\":\"plugged\",\"config\":{\"says\":\"3\"}}"));
        var outcome = worker.outcome(lease);
        assertThat(outcome.status()).isEqualTo("completed");
        assertThat(outcome.evaluation().path("score").asDouble()).isEqualTo(1.0);
    }

    @Test
    void whatAnAgentHadWhenItGaveUpIsGradedAndWhatItToldOfTheRunIsKept() throws Exception {
        var lease = worker.lease("testing", "count", null, 60_000, Json.MAPPER.readTree("{\"type\":\"strange\",\"config\":{\"does\":\"give up\"}}"));
        var outcome = worker.outcome(lease);
        assertThat(outcome.status()).isEqualTo("error");
        assertThat(outcome.error()).isEqualTo("[agent loop] RuntimeError: the tool broke");
        assertThat(outcome.evaluation().path("score").asDouble()).isEqualTo(1.0);
        assertThat(outcome.metadata()).isEqualTo(Json.MAPPER.readTree("{\"total_cost_usd\": 0.5}"));
        assertSteps(lease, "task/setup", "user", "task/evaluate", "system");
    }

    /** A jar's agent, or a capability that is lost while it is opened: no fault of the model's, and no reward of 0. */
    @Test
    void whatFailsBeforeAModelAnsweredIsNotGradedAndAfterwardsIs() throws Exception {
        var lease = worker.lease("testing", "count", null, 60_000, Json.MAPPER.readTree("{\"type\":\"strange\",\"config\":{\"does\":\"stumble\"}}"));
        var outcome = worker.outcome(lease);
        assertThat(outcome.error()).isEqualTo("[agent loop] IllegalArgumentException: stumble");
        assertUngraded(outcome);
        assertSteps(lease, "task/setup", "user", "system");

        var other = worker.lease("testing", "count", null, 60_000, Json.MAPPER.readTree("{\"type\":\"strange\",\"config\":{\"does\":\"answer and stumble\"}}"));
        var graded = worker.outcome(other);
        assertThat(graded.error()).isEqualTo("[agent loop] IllegalArgumentException: stumble");
        assertThat(graded.evaluation().path("score").asDouble()).isZero();
    }

    /** This environment's workspace is none: the program is never started, and nothing counts as the agent's answer. */
    @Test
    void aProgramThatHasNoShellToRunInIsAnErrorAndNotGraded() throws Exception {
        for (var type : List.of("claude_cli", "codex_cli", "command")) {
            var agent = Json.MAPPER.readTree("{\"type\":\"" + type + "\",\"config\":{\"model\":\"m\",\"command\":\"true\"}}");
            var outcome = worker.outcome(worker.lease("testing", "count", null, 60_000, agent));
            assertThat(outcome.error()).contains("the environment offers no shell (ssh)");
            assertUngraded(outcome);
        }
    }

    @Test
    void anAgentWhoseModelSaysNothingUntilItsTimeIsOverIsAnErrorAndNotGraded() throws Exception {
        worker.modelKeepsWaiting();
        var agent = Json.MAPPER.readTree("{\"type\":\"openai_compatible\",\"config\":{\"model\":\"m\",\"timeout_seconds\":1}}");
        var outcome = worker.outcome(worker.lease("testing", "count", null, 60_000, agent));
        assertThat(outcome.status()).isEqualTo("error");
        assertThat(outcome.stopReason()).isEqualTo("timeout");
        assertThat(outcome.error()).isEqualTo("[agent loop] agent timed out after 1s, with no model call answered");
        assertUngraded(outcome);
    }

    @Test
    void aRunThatTakesTooLongIsEndedUngraded() throws Exception {
        Lease lease;
        Outcome outcome;
        var seconds = 1;
        do { // until its time is over no sooner than it grades
            seconds *= 2;
            lease = worker.lease("testing", "slowgrade", null, seconds * 1000L);
            outcome = worker.outcome(lease);
            assertThat(outcome.error()).startsWith("rollout timed out after " + seconds + "s during ");
        } while (!outcome.error().endsWith("during grading"));
        assertThat(outcome.status()).isEqualTo("error");
        assertThat(outcome.stopReason()).isEqualTo("timeout");
        assertUngraded(outcome);
        assertLastStep(lease, "system");
    }

    @Test
    void aCancelledRunIsToldAsCancelled() throws Exception {
        var asked = worker.modelKeepsWaiting();
        var lease = worker.lease("count", null);
        assertThat(asked.await(2, TimeUnit.MINUTES)).isTrue();
        platform.cancelled.add(lease.run().toString());
        var outcome = worker.outcome(lease);
        assertThat(outcome.status()).isEqualTo("cancelled");
        assertUngraded(outcome);
        assertThat(outcome.error()).isNull();
    }

    @Test
    void theVerifierHasTheLastWord() throws Exception {
        var same = worker.lease("count", Json.MAPPER.readTree("{\"env\":\"testing\",\"id\":\"verify\",\"args\":{}}"));
        assertThat(worker.outcome(same).evaluation().path("score").asDouble()).isEqualTo(0.5);
        assertSteps(same, "task/setup", "user", "agent", "task/evaluate", "task/setup", "task/evaluate");
        platform.environment("verifier", Map.of());
        var other = worker.lease("count", Json.MAPPER.readTree("{\"env\":\"verifier\",\"id\":\"verify\",\"args\":{}}"));
        assertThat(worker.outcome(other).evaluation().path("score").asDouble()).isEqualTo(0.5);
        assertThat(platform.renewals.get(other.run().toString())).extracting(LeaseRenewal.OfRun::verifierVersion)
                .contains(platform.environments.get("verifier").versionId());
        var ownConfig = worker.lease("count", Json.MAPPER.readTree("""
                {"env": "testing", "id": "verify", "args": {}, "runtime_config": {"limits": {"startup_timeout_s": 30}}}"""));
        assertThat(worker.outcome(ownConfig).evaluation().path("score").asDouble()).isEqualTo(0.5);
        assertThat(platform.renewals.get(ownConfig.run().toString())).as("it has a sandbox of its own").extracting(LeaseRenewal.OfRun::verifierVersion)
                .contains(platform.environments.get("testing").versionId());
        var failing = worker.outcome(worker.lease("count", Json.MAPPER.readTree("{\"env\":\"testing\",\"id\":\"badgrade\",\"args\":{}}")));
        assertThat(failing.error()).startsWith("[verifying] ").contains("lost the answer sheet");
        assertUngraded(failing);
    }

    @Test
    void stepsAreNotLostWhileTraceServiceIsAway() throws Exception {
        platform.tracesDown = true;
        var lease = worker.lease("count", null);
        await().until(() -> !platform.modelCalls.isEmpty() && platform.modelCalls.getLast().endsWith(lease.run().hex()));
        platform.tracesDown = false;
        worker.outcome(lease);
        assertSteps(lease, "task/setup", "user", "agent", "task/evaluate");
    }

    @Test
    void anOutcomeDoesNotWaitForItsStepsAndTheNextWorkerSendsThem() throws Exception {
        platform.tracesDown = true;
        var lease = worker.lease("count", null);
        assertThat(worker.outcome(lease).status()).isEqualTo("completed");
        assertThat(platform.stepsOf(lease.run().hex())).isEmpty();
        worker.stop();
        platform.tracesDown = false;
        worker.startAgain();
        assertSteps(lease, "task/setup", "user", "agent", "task/evaluate");
    }

    @Test
    void whatTheRuntimeCannotGiveIsRefused() throws Exception {
        var gpu = outcomeWith("{'resources':{'gpu':{'type':'H100','count':1}}}");
        assertThat(gpu.error()).startsWith("[provisioning] runtime_config asks for resources.gpu");
        var image = outcomeWith("{'image':'registry.example/letters'}");
        assertThat(image.error()).startsWith("[provisioning] runtime_config.image: this worker runs images of docker.io/ only");
    }

    @Test
    void whatSomebodyElseServesIsReachedOnlyWhereASandboxWouldReachIt() throws Exception {
        for (var address : List.of("127.0.0.1:" + URI.create(platform.url()).getPort(), "localhost:1", "169.254.169.254:80", "[::1]:1")) {
            assertThat(outcomeWith("{'remote':'tcp://" + address + "'}").error())
                    .startsWith("[provisioning] the environment at tcp://").contains("is not a public address");
        }
    }

    @Test
    void anEnvironmentThatNeverAnswersHasTheTimeThatItsRowNames() throws Exception {
        try (var silent = new ServerSocket(0, 50, InetAddress.getByName(RunningWorker.ELSEWHERE))) {
            var outcome = outcomeWith("{'remote':'tcp://%s:%d','limits':{'startup_timeout_s':1}}".formatted(RunningWorker.ELSEWHERE, silent.getLocalPort()));
            assertThat(outcome.error()).startsWith("[starting task] ").contains("'hello' was not answered within");
            assertThat(outcome.failure().kind()).isEqualTo(Kind.ENVIRONMENT);
        }
    }

    @Test
    void theTimeForTheWholeRolloutEndsAnAttemptThatWouldHaveMore() throws Exception {
        worker.modelKeepsWaiting();
        var limited = new Lease(
                RunningWorker.run(), JobId.parse(UUID.randomUUID().toString()), RunningWorker.team(), 1, FakePlatform.TTL, 600_000, 600_000, 1_500L,
                "testing", null, "count", "s", Json.object(), RunningWorker.agent(), null, null, null, null, null, "key");
        var outcome = worker.outcome(worker.offer(limited));
        assertThat(outcome.stopReason()).isEqualTo("timeout");
        assertThat(outcome.error()).startsWith("rollout timed out during ").endsWith(": the time for the whole rollout was over");
    }

    private Outcome outcomeWith(String runtimeConfig) throws Exception {
        var config = Json.MAPPER.readTree(runtimeConfig.replace('\'', '"'));
        return worker.outcome(worker.offer(new Lease(
                RunningWorker.run(), JobId.parse(UUID.randomUUID().toString()), RunningWorker.team(), 1, FakePlatform.TTL, 600_000, 60_000, null,
                "testing", null, "count", "s", Json.object(), RunningWorker.agent(), null, null, config, null, null, "key")));
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
    void anEnvironmentThatIsMeantForAnotherPlaceIsDeployedAllTheSame() throws Exception {
        var outcome = build(Map.of(), platform.context, Json.object().put("image", "registry.example/letters"));
        assertThat(outcome.error()).isNull();
        assertThat(platform.buildLog).extracting("message").asString().contains("built and tried without its runtime_config");
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
    }

    @Test
    void anOutcomeThatIsRefusedIsToldWithLess() throws Exception {
        platform.refusal = outcome -> outcome.timings().isEmpty() ? null : "timings: too many";
        var graded = worker.outcome(worker.lease("count", null));
        assertThat(graded.status()).isEqualTo("error");
        assertThat(graded.evaluation()).isEqualTo(Json.MAPPER.readTree("{\"score\": 1.0}"));
        assertThat(graded.error()).isEqualTo("[report] the outcome was refused: 400: timings: too many");

        platform.refusal = outcome -> outcome.evaluation() == null ? null : "evaluation: no";
        var ungraded = worker.outcome(worker.lease("count", null));
        assertThat(ungraded.error()).isEqualTo("[report] the outcome was refused: 400: evaluation: no");
        assertUngraded(ungraded);

        platform.refusal = outcome -> "nothing is right";
        var lease = worker.lease("count", null);
        assertThat(worker.released(lease).failure()).contains("nothing is right");
    }

    @Test
    void anAgentIsNotRunWithoutWhatItsTypeWorksWith() throws Exception {
        platform.environment("screened", Map.of("OFFER_SCREEN", "1"));
        var calls = platform.modelCalls.size();
        var agent = Json.MAPPER.readTree("{\"type\":\"claude_cli\",\"config\":{\"model\":\"m\"}}");
        var outcome = worker.outcome(worker.lease("screened", "count", null, 60_000, agent));
        assertThat(outcome.status()).isEqualTo("error");
        assertThat(outcome.error()).contains("'screen' (rfb/3.8)").contains("claude_cli");
        assertUngraded(outcome);
        assertThat(platform.modelCalls).hasSize(calls);
    }

    @Test
    void theVersionIsThatOfTheLeaseOrIsToldForLaterAttempts() throws Exception {
        var found = platform.environments.get("testing").versionId();
        var unsettled = worker.lease("count", null);
        worker.outcome(unsettled);
        assertThat(platform.renewals.get(unsettled.run().toString())).extracting(LeaseRenewal.OfRun::version).contains(found);
        var settled = worker.outcome(worker.offer(new Lease(
                RunningWorker.run(), JobId.parse(UUID.randomUUID().toString()), RunningWorker.team(), 2, FakePlatform.TTL, 600_000, 60_000, null, "testing", found, "count",
                "s", Json.object(), RunningWorker.agent(), null, null, null, null, null, "key")));
        assertThat(settled.status()).isEqualTo("completed");
        assertThat(platform.resolved.getLast()).contains("version=" + found);
    }

    @Test
    void anEnvironmentThatIsNotReadyInTimeIsATimeoutOfProvisioning() throws Exception {
        platform.environment("slow", Map.of("NEVER_SERVE", "1"));
        var outcome = worker.outcome(worker.offer(preparedIn(1_000, "slow")));
        assertThat(outcome.failure().kind()).isEqualTo(Kind.ENVIRONMENT);
        assertThat(outcome.error()).isEqualTo("rollout timed out after 1s during provisioning");
        assertThat(outcome.stopReason()).isEqualTo("timeout");
    }

    private static Lease preparedIn(long millis, String environment) {
        return new Lease(
                RunningWorker.run(), JobId.parse(UUID.randomUUID().toString()), RunningWorker.team(), 1, FakePlatform.TTL, millis, 60_000, null,
                environment, null, "count", "s", Json.object(), RunningWorker.agent(), null, null, null, null, null, "key");
    }

    @Test
    void tellsItsHealthAndItsNumbers() {
        var http = RestClient.create("http://127.0.0.1:" + ((ServletWebServerApplicationContext) worker.context()).getWebServer().getPort());
        assertThat(http.get().uri("/actuator/health/readiness").retrieve().body(String.class)).contains("UP");
        assertThat(http.get().uri("/actuator/health").retrieve().body(String.class)).contains("\"isolation\"", "walled off");
        assertThat(http.get().uri("/actuator/prometheus").header("Authorization", "Bearer for-metrics").retrieve().body(String.class))
                .contains("assay_worker_rollouts_running");
    }

    private static void assertUngraded(String task, String beginning, String part) throws Exception {
        var lease = worker.lease(task, null);
        var outcome = worker.outcome(lease);
        assertThat(outcome.status()).isEqualTo("error");
        assertUngraded(outcome);
        assertThat(outcome.error()).startsWith(beginning).contains(part);
        assertLastStep(lease, "system");
    }

    /** They come when they come: an outcome does not wait for them. */
    private static void assertSteps(Lease lease, String... steps) {
        await().until(() -> platform.stepsOf(lease.run().hex()).size() >= steps.length);
        assertThat(platform.stepsOf(lease.run().hex())).containsExactly(steps);
    }

    private static void assertLastStep(Lease lease, String step) {
        await().until(() -> platform.stepsOf(lease.run().hex()).contains(step));
        assertThat(platform.stepsOf(lease.run().hex())).endsWith(step);
    }

    /** Absent, never an empty object: that would be a grade. */
    private static void assertUngraded(Outcome outcome) {
        assertThat(outcome.evaluation() == null || outcome.evaluation().isNull()).isTrue();
    }

    private static BuildOutcome build(Map<String, String> variables, byte[] context) throws Exception {
        return build(variables, context, null);
    }

    private static BuildOutcome build(Map<String, String> variables, byte[] context, @Nullable JsonNode runtimeConfig) throws Exception {
        platform.buildLog.clear();
        platform.buildContext = context;
        try {
            platform.builds.add(new BuildLease(
                    BuildId.parse(UUID.randomUUID().toString()), VersionId.random(), RunningWorker.team(), "testing", 1, FakePlatform.TTL, "", variables,
                    Map.of(), Map.of(), false, runtimeConfig, null));
            var outcome = platform.buildOutcomes.poll(60, TimeUnit.SECONDS);
            assertThat(outcome).isNotNull();
            return outcome;
        } finally {
            platform.buildContext = platform.context;
        }
    }

}
