// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.sdk.agents.AgentRun;
import dev.assay.sdk.agents.ModelEndpoint;
import dev.assay.sdk.agents.NoModelAnswerException;
import dev.assay.sdk.agents.PromptTurn;
import dev.assay.sdk.agents.RecordedSteps;
import dev.assay.sdk.agents.chat.ChatDialect;
import dev.assay.sdk.agents.ssh.FakeWorkspace;
import dev.assay.sdk.agents.tool.ToolServer;
import dev.assay.sdk.protocol.Json;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What goes wrong before the model is asked says nothing of the model: such a run is not graded. */
@Timeout(60)
class ToolHarnessTests {

    private final RecordedSteps steps = new RecordedSteps();

    @Test
    void aCapabilityThatDoesNotOpenLeavesNothingToGrade() {
        assertThatThrownBy(() -> run("{}", (run, protocols, encoding) -> {
                    throw new IOException("the shell is gone");
                }))
                .isInstanceOf(NoModelAnswerException.class)
                .hasMessage("the agent could not begin: the shell is gone");
        assertThat(steps.shape()).containsExactly("system the agent could not begin: the shell is gone");
    }

    @Test
    void aCapabilityThatHangsUntilTheAgentsTimeIsOverLeavesNothingToGrade() {
        assertThatThrownBy(() -> run("{\"timeout_seconds\": 0.1}", (run, protocols, encoding) -> {
                    new CountDownLatch(1).await();
                    throw new AssertionError();
                }))
                .isInstanceOfSatisfying(NoModelAnswerException.class, e -> assertThat(e.stopReason()).isEqualTo("timeout"))
                .hasMessage("agent timed out after 0.1s, with no model call answered");
    }

    @Test
    void toolsOfOneNameLeaveNothingToGrade() {
        var schema = Json.object().put("type", "object");
        ToolServer server = new EchoServer(
                List.of(new ToolServer.Listed("echo", "One.", schema), new ToolServer.Listed("echo", "Other.", schema)), Json.object());

        assertThatThrownBy(() -> run("{}", (run, protocols, encoding) -> Connections.of(null, null, Map.of("docs", server))))
                .isInstanceOf(NoModelAnswerException.class)
                .hasMessage("the agent could not begin: two of the environment's tools would be called 'echo'");
    }

    private void run(String config, ToolHarness.Opening opening) throws Exception {
        var run = new AgentRun(
                "2b0e365b20f64f3bb114738e592b4f44", null, Json.MAPPER.readTree(config), PromptTurn.of(Json.tree("Go.")), List.of(),
                FakeWorkspace::route, new ModelEndpoint("http://127.0.0.1:1", "k", Map.of()), steps);
        new ToolHarness(new ChatDialect(), null, Clock.systemUTC(), opening).run(run);
    }
}
