// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.assay.contracts.Failure;
import dev.assay.contracts.JobId;
import dev.assay.contracts.internal.Lease;
import dev.assay.contracts.internal.LeaseRelease;
import dev.assay.contracts.internal.RuntimeCredential;
import dev.assay.contracts.internal.RuntimeCredentialAsk;
import dev.assay.contracts.internal.WorkerReport;
import dev.assay.sdk.environment.Environment;
import dev.assay.sdk.protocol.ControlClient;
import dev.assay.sdk.protocol.Json;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Leases of runs that the worker gives back, loses, or gets by an answer that was lost: what it says then, and what it keeps to itself. */
@DisabledIfEnvironmentVariable(
        named = "ASSAY_TESTS_WITHOUT", matches = ".*(bubblewrap|socat|util-linux).*", disabledReason = "no sandboxes here")
class RunLeaseTests {

    private static final JsonNode SHARED = Json.MAPPER.readTree("{\"shared\":3}");

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
    void anAttemptThatLostItsLeaseEndsWithoutAWord() throws Exception {
        var asked = worker.modelKeepsWaiting();
        var lease = worker.lease("count", null);
        assertThat(asked.await(2, TimeUnit.MINUTES)).isTrue();
        assertThat(worker.sandboxesLeft()).isEqualTo(1);
        platform.lost.add(lease.run().toString());
        await().until(() -> worker.sandboxesLeft() == 0);
        worker.awaitIdle();
        assertThat(platform.outcomes.get(lease.run().toString())).isNullOrEmpty();
    }

    @Test
    void aWorkerThatEndsGivesUpWithoutAWord() throws Exception {
        var asked = worker.modelKeepsWaiting();
        var lease = worker.lease("count", null);
        assertThat(asked.await(2, TimeUnit.MINUTES)).isTrue();
        worker.stop();
        assertThat(worker.sandboxesLeft()).isZero();
        assertThat(platform.outcomes.get(lease.run().toString())).isNullOrEmpty();
        assertThat(platform.releases.get(lease.run().toString())).containsExactly(new LeaseRelease(1, null));
        worker.startAgain();
    }

    @Test
    void aDrainedWorkerGivesBackWhatItCannotEndInTimeSaysSoAndWorksAgainWhenItIsTold() throws Exception {
        var asked = worker.modelKeepsWaiting();
        var lease = worker.lease("count", null);
        assertThat(asked.await(2, TimeUnit.MINUTES)).isTrue();
        await().until(() -> said("working").anyMatch(told -> told.holds().runs() == 1));
        platform.draining = true;
        assertThat(worker.released(lease)).isEqualTo(new LeaseRelease(1, null));
        await().until(() -> said("drained").anyMatch(told -> told.holds().runs() == 0));
        assertThat(platform.outcomes.get(lease.run().toString())).isNullOrEmpty();
        platform.draining = false;
        await().until(() -> platform.reports.stream().toList().getLast().state().equals("working"));
        worker.calmDown();
        assertThat(worker.outcome(worker.lease("count", null)).status()).isEqualTo("completed");
    }

    @Test
    void whatAWorkerTellsOfItselfIsWhatItHas() {
        await().until(() -> said("working").anyMatch(told -> told.folders().containsKey("venvs")));
        var told = platform.reports.stream().toList().getLast();
        assertThat(told.isolation()).isEqualTo("bubblewrap");
        assertThat(told.kinds()).contains("process");
        assertThat(told.capacity().runs()).isPositive();
        assertThat(told.capacity().cpus()).isPositive();
        assertThat(told.capacity().memoryMb()).isPositive();
        assertThat(told.spans().lost()).isZero();
    }

    private static Stream<WorkerReport> said(String state) {
        return platform.reports.stream().filter(told -> told.state().equals(state));
    }

    @Test
    void aLeaseWhoseAnswerWasLostIsWorkedOnAllTheSame() throws Exception {
        platform.answersToLose = 1;
        var outcome = worker.outcome(worker.lease("count", null));
        assertThat(outcome.status()).isEqualTo("completed");
        assertThat(platform.answersToLose).isZero();
    }

    @Test
    void aRenewalThatHangsEndsTheAttemptWhenItsLeaseEnds() throws Exception {
        var asked = worker.modelKeepsWaiting();
        platform.ttl = 15_000;
        var lease = worker.lease("count", null);
        var run = lease.run().toString();
        await().until(() -> platform.phases.getOrDefault(run, List.of()).contains("running"));
        assertThat(asked.await(2, TimeUnit.MINUTES)).isTrue();
        platform.hanging.add(run);
        await().until(() -> worker.sandboxesLeft() == 0);
        worker.awaitIdle();
        platform.hanging.remove(run);
        assertThat(platform.outcomes.get(run)).isNullOrEmpty();
        assertThat(platform.releases.get(run)).isNullOrEmpty();
    }

    @Test
    void anInterruptWithoutACauseIsGivenBackAndNotCalledACancellation() throws Exception {
        var lease = lease("interrupt itself");
        assertThat(worker.released(lease).failure()).contains("interrupted");
        assertThat(platform.outcomes.get(lease.run().toString())).isNullOrEmpty();
    }

    @Test
    void whatBreaksInTheWorkerIsGivenBackWithItsReason() throws Exception {
        var lease = lease("break");
        assertThat(worker.released(lease).failure()).contains("StackOverflowError");
        assertThat(platform.outcomes.get(lease.run().toString())).isNullOrEmpty();
        // what it had told until then is sent, and nobody waits for more
        await().untilAsserted(() -> assertThat(platform.stepsOf(lease.run().hex())).containsExactly("task/setup", "user"));
        worker.awaitNone("assay.worker.spans.timelines");
    }

    @Test
    void aTeamsCredentialIsAskedForBecauseOfTheLeaseAndGoesToItsProviderAlone() throws Exception {
        assertThat(worker.outcome(atE2b()).failure()).satisfies(failure -> {
            assertThat(failure.kind()).isEqualTo(Failure.Kind.INFRASTRUCTURE);
            assertThat(failure.detail()).contains("no credential for 'e2b' any more");
        });
        platform.credential = new RuntimeCredential("e2b_0123456789abcdef", null);
        assertThat(worker.outcome(atE2b()).failure()).satisfies(failure -> {
            assertThat(failure.kind()).isEqualTo(Failure.Kind.INFRASTRUCTURE);
            assertThat(failure.detail()).contains("E2B does not take the team's credential").doesNotContain("e2b_0123456789abcdef");
        });
        assertThat(platform.credentialsAsked).containsOnly(new RuntimeCredentialAsk(1, "e2b"));
        assertThat(platform.keysAtE2b).containsOnly("e2b_0123456789abcdef");
    }

    @Test
    void aSandboxThatIsLostUnderARunIsNobodysFailureInIt() throws Exception {
        var asked = worker.modelKeepsWaiting();
        Lease lease;
        try (var elsewhere = Environment.named("testing")
                .template("count", (none, agent) -> agent.ask("How many?").text().isEmpty() ? 0.0 : 1.0)
                .bind(RunningWorker.ELSEWHERE, 0)) {
            var address = RunningWorker.ELSEWHERE + ":" + elsewhere.port();
            lease = worker.offer(worker.leaseWith(Json.MAPPER.readTree("{\"remote\":\"tcp://" + address + "\"}")));
            assertThat(asked.await(2, TimeUnit.MINUTES)).isTrue();
        }
        assertThat(worker.outcome(lease).failure()).satisfies(failure -> {
            assertThat(failure.kind()).isEqualTo(Failure.Kind.INFRASTRUCTURE);
            assertThat(failure.phase()).isEqualTo(Failure.Phase.AGENT_LOOP);
            assertThat(failure.detail()).contains("the sandbox was lost: the environment at").contains("does not answer any more");
        });
    }

    @Test
    void runsOfAJobThatShareASandboxAreInOneAndTheRunsOfOthersInTheirOwn() throws Exception {
        worker.modelKeepsWaiting();
        var team = RunningWorker.team();
        var job = job();
        var leases = List.of(
                worker.leaseOf(team, job, "count", SHARED), worker.leaseOf(team, job, "keyless", SHARED),
                worker.leaseOf(team, job(), "count", SHARED), worker.furtherLeaseOf(team, job, 3, "count", SHARED));
        awaitRunning(leases);
        assertThat(worker.sandboxesLeft()).as("two in one, another job's, and a last attempt").isEqualTo(3);
        worker.modelAnswers();
        for (var lease : leases) {
            assertThat(worker.outcome(lease)).satisfies(outcome -> {
                assertThat(outcome.status()).isEqualTo("completed");
                assertThat(outcome.evaluation().path("score").asDouble()).isEqualTo(1);
            });
        }
        await().until(() -> worker.sandboxesLeft() == 0);
    }

    @Test
    void whatWorksInsideIsRefusedInASharedSandbox() throws Exception {
        var inside = Json.MAPPER.readTree("{\"type\":\"command\",\"config\":{\"command\":\"true\"}}");
        var outcome = worker.outcome(worker.leaseOf(RunningWorker.team(), job(), "count", SHARED, inside));
        assertThat(outcome.failure().detail()).contains("runtime_config.shared: agents of type 'command' work inside");
    }

    @Test
    void aSharedSandboxThatOneOfThemEndsFailsNobodyForGood() throws Exception {
        worker.modelKeepsWaiting();
        var team = RunningWorker.team();
        var job = job();
        var works = worker.leaseOf(team, job, "count", SHARED);
        awaitRunning(List.of(works));
        var ends = worker.leaseOf(team, job, "dies", SHARED);
        for (var lease : List.of(works, ends)) {
            assertThat(worker.outcome(lease).failure()).satisfies(failure -> {
                assertThat(failure.kind()).isEqualTo(Failure.Kind.INFRASTRUCTURE);
                assertThat(failure.detail()).contains("the sandbox was lost: it ended, and other runs have been in it");
            });
        }
    }

    @Test
    void whoeverLeavesASharedSandboxLeavesNoTaskThatOthersCouldGrade() throws Exception {
        worker.modelKeepsWaiting();
        var team = RunningWorker.team();
        var job = job();
        var leases = List.of(
                worker.leaseOf(team, job, "count", SHARED), worker.leaseOf(team, job, "count", SHARED), worker.leaseOf(team, job, "count", SHARED));
        awaitRunning(leases);
        platform.lost.add(leases.get(0).run().toString());
        platform.cancelled.add(leases.get(1).run().toString());
        assertThat(worker.outcome(leases.get(1)).status()).isEqualTo("cancelled");
        worker.awaitRunning(1);
        try (var another = ControlClient.connect(worker.control(), Duration.ofSeconds(30))) {
            assertThatThrownBy(() -> another.grade(Json.object().put("answer", "3"))).hasMessageContaining("no task in progress");
        }
        worker.modelAnswers();
        assertThat(worker.outcome(leases.get(2)).status()).isEqualTo("completed");
    }

    private static JobId job() {
        return JobId.parse(UUID.randomUUID().toString());
    }

    private static void awaitRunning(List<Lease> leases) {
        for (var lease : leases) {
            await().until(() -> platform.phases.getOrDefault(lease.run().toString(), List.of()).contains("running"));
        }
    }

    private static Lease atE2b() {
        return worker.offer(worker.leaseWith(Json.MAPPER.readTree("{\"image\":\"acme/letters\",\"runtime\":\"e2b\"}")));
    }

    /** A run whose agent goes wrong like this. */
    private static Lease lease(String does) {
        var agent = Json.MAPPER.readTree("{\"type\":\"strange\",\"config\":{\"does\":\"" + does + "\"}}");
        return worker.lease("testing", "count", null, 60_000, agent);
    }
}
