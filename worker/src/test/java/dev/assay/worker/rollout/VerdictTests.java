// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.contracts.Failure;
import dev.assay.contracts.Failure.Kind;
import dev.assay.contracts.Failure.Phase;
import dev.assay.sdk.agents.AgentResult;
import dev.assay.sdk.agents.NoModelAnswerException;
import dev.assay.sdk.protocol.Json;
import dev.assay.sdk.protocol.RpcException;
import dev.assay.sdk.runtimes.SandboxException;
import dev.assay.worker.sandbox.NotRunnableException;
import java.io.EOFException;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class VerdictTests {

    private static final AgentEnding DONE = AgentEnding.of(AgentResult.completed("3", "done"));
    private static final AgentEnding FAILED = AgentEnding.of(AgentResult.failed("2", null, "the shell went away"));
    private static final AgentEnding TOO_SLOW = AgentEnding.of(AgentResult.failed(null, "timeout", "agent timed out after 5s"));

    @Test
    void aGradeCountsHoweverTheAgentEnded() {
        var frame = Json.object().put("score", 0.5);
        assertThat(Verdict.graded(DONE, frame)).isEqualTo(new Verdict("completed", "done", frame, null));
        assertThat(Verdict.graded(FAILED, frame)).isEqualTo(new Verdict("error", null, frame,
                new Failure(Kind.AGENT, Phase.AGENT_LOOP, "[agent loop] the shell went away")));
        assertThat(Verdict.graded(TOO_SLOW, frame)).isEqualTo(new Verdict("error", "timeout", frame,
                new Failure(Kind.AGENT, Phase.AGENT_LOOP, "agent timed out after 5s")));
    }

    @Test
    void withoutAGradeThereIsNoEvaluation() {
        assertThat(Verdict.gradingFailed(DONE, "hud rpc error -32000: x")).isEqualTo(new Verdict("error", "done", null,
                new Failure(Kind.GRADER, Phase.GRADING, "[grading] hud rpc error -32000: x")));
        assertThat(Verdict.cancelled(null)).isEqualTo(new Verdict("cancelled", null, null, null));
    }

    @Test
    void agentAndGradingBothFailingIsAnEvaluationThatSaysSo() {
        var verdict = Verdict.gradingFailed(FAILED, "lost");
        assertThat(verdict.error()).isEqualTo("[agent loop] the shell went away");
        assertThat(verdict.evaluation())
                .isEqualTo(Json.MAPPER.readTree("{\"score\":0.0,\"answer\":\"2\",\"content\":\"lost\",\"isError\":true}"));
    }

    @Test
    void aModelThatFallsSilentIsNotItsAgent() {
        var silent = AgentEnding.of(AgentResult.modelFailed("2", "503: no upstream"));
        assertThat(silent.failure()).isEqualTo(new Failure(Kind.MODEL, Phase.AGENT_LOOP, "[agent loop] 503: no upstream"));
    }

    static List<Object[]> failures() {
        var gone = new EOFException("the environment hung up");
        return List.of(
                new Object[] {Phase.PROVISIONING, new NotRunnableException("no such environment"), Kind.ENVIRONMENT},
                new Object[] {Phase.PROVISIONING, new NotRunnableException(Kind.AGENT, "no such agent"), Kind.AGENT},
                new Object[] {Phase.PROVISIONING, new SandboxException("it did not serve"), Kind.ENVIRONMENT},
                new Object[] {Phase.PROVISIONING, SandboxException.ofHost("the engine is gone", null), Kind.INFRASTRUCTURE},
                new Object[] {Phase.PROVISIONING_VERIFIER, SandboxException.ofHost("the disk is full", null), Kind.INFRASTRUCTURE},
                new Object[] {Phase.STARTING_TASK, new RpcException(-32000, "boom"), Kind.ENVIRONMENT},
                new Object[] {Phase.STARTING_TASK, new IOException("no JSON: garbage"), Kind.ENVIRONMENT},
                new Object[] {Phase.AGENT_LOOP, new IllegalStateException("a tool broke"), Kind.AGENT},
                new Object[] {Phase.AGENT_LOOP, new IOException("a tool broke"), Kind.AGENT},
                new Object[] {Phase.AGENT_LOOP, new NoModelAnswerException("404: no such model", null, null), Kind.MODEL},
                new Object[] {Phase.AGENT_LOOP, NoModelAnswerException.notAsked("no shell", gone), Kind.AGENT},
                new Object[] {Phase.GRADING, gone, Kind.GRADER},
                new Object[] {Phase.VERIFYING, new EOFException("gone"), Kind.GRADER},
                new Object[] {Phase.GRADING, new IllegalStateException("a fault of the worker's"), Kind.INFRASTRUCTURE});
    }

    @ParameterizedTest
    @MethodSource("failures")
    void whoseFailureItIsIsToldByWhatFailedAndWhen(Phase phase, Exception thrown, Kind kind) {
        assertThat(Failures.of(phase, thrown).kind()).isEqualTo(kind);
    }

    @Test
    void outOfTimeIsWhoeverHadTheTime() {
        assertThat(Failures.timedOut(Phase.PROVISIONING, false, 60).kind()).as("no environment was found: nobody answered")
                .isEqualTo(Kind.INFRASTRUCTURE);
        assertThat(Failures.timedOut(Phase.PROVISIONING, true, 60).kind()).isEqualTo(Kind.ENVIRONMENT);
        assertThat(Failures.timedOut(Phase.VERIFYING, true, 60).kind()).isEqualTo(Kind.GRADER);
        assertThat(Failures.timedOut(Phase.AGENT_LOOP, true, 30))
                .isEqualTo(new Failure(Kind.AGENT, Phase.AGENT_LOOP, "rollout timed out after 30s during agent loop"));
        assertThat(Failures.rolloutOver(Phase.STARTING_TASK).kind()).as("the queue may have taken it").isEqualTo(Kind.INFRASTRUCTURE);
        assertThat(Failures.rolloutOver(Phase.AGENT_LOOP).kind()).isEqualTo(Kind.AGENT);
    }

    @Test
    void errorsAreOneLineForPeople() {
        assertThat(Failures.of(Phase.PROVISIONING, new IOException("no space left")).detail())
                .isEqualTo("[provisioning] IOException: no space left");
        assertThat(Failures.text(new RpcException(-32000, "boom"))).isEqualTo("hud rpc error -32000: boom");
        assertThat(Failures.text(new EOFException("gone"))).isEqualTo("EOFError: gone");
        assertThat(Failures.text(new IllegalStateException())).isEqualTo("IllegalStateException");
    }
}
