// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.sdk.agents.AgentResult;
import dev.assay.sdk.protocol.Json;
import dev.assay.sdk.protocol.RpcException;
import java.io.EOFException;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class VerdictTests {

    private static final AgentEnding DONE = AgentEnding.of(AgentResult.completed("3", "done"));
    private static final AgentEnding FAILED = AgentEnding.of(AgentResult.failed("2", null, "the model went away"));
    private static final AgentEnding TOO_SLOW = AgentEnding.of(AgentResult.failed(null, "timeout", "agent timed out after 5s"));

    @Test
    void aGradeCountsHoweverTheAgentEnded() {
        var frame = Json.object().put("score", 0.5);
        assertThat(Verdict.graded(DONE, frame)).isEqualTo(new Verdict("completed", "done", frame, null));
        assertThat(Verdict.graded(FAILED, frame)).isEqualTo(new Verdict("error", null, frame, "[agent loop] the model went away"));
        assertThat(Verdict.graded(TOO_SLOW, frame)).isEqualTo(new Verdict("error", "timeout", frame, "agent timed out after 5s"));
    }

    @Test
    void withoutAGradeThereIsNoEvaluation() {
        assertThat(Verdict.gradingFailed(DONE, "hud rpc error -32000: x"))
                .isEqualTo(new Verdict("error", "done", null, "[grading] hud rpc error -32000: x"));
        assertThat(Verdict.timedOut(Phase.AGENT_LOOP, 30, null))
                .isEqualTo(new Verdict("error", "timeout", null, "rollout timed out after 30s during agent loop"));
        assertThat(Verdict.cancelled(null)).isEqualTo(new Verdict("cancelled", null, null, null));
        assertThat(Verdict.failed(Phase.PROVISIONING, new IOException("no space left")))
                .isEqualTo(new Verdict("error", null, null, "[provisioning] IOException: no space left"));
    }

    @Test
    void agentAndGradingBothFailingIsAnEvaluationThatSaysSo() {
        var verdict = Verdict.gradingFailedForGood(FAILED, "lost");
        assertThat(verdict.error()).isEqualTo("[agent loop] the model went away");
        assertThat(verdict.evaluation())
                .isEqualTo(Json.MAPPER.readTree("{\"score\":0.0,\"answer\":\"2\",\"content\":\"lost\",\"isError\":true}"));
    }

    @Test
    void errorsAreOneLineForPeople() {
        assertThat(ErrorText.of(new RpcException(-32000, "boom"))).isEqualTo("hud rpc error -32000: boom");
        assertThat(ErrorText.of(new EOFException("gone"))).isEqualTo("EOFError: gone");
        assertThat(ErrorText.of(new IllegalStateException())).isEqualTo("IllegalStateException");
    }
}
