// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.sdk.agents.AgentResult;
import dev.assay.sdk.agents.CapabilityLostException;
import dev.assay.sdk.agents.NoModelAnswerException;
import dev.assay.sdk.agents.RecordedSteps;
import dev.assay.sdk.agents.tool.Tool;
import dev.assay.sdk.agents.tool.ToolOutcome;
import dev.assay.sdk.protocol.Json;
import dev.assay.sdk.protocol.step.ToolCall;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class ToolLoopTests {

    private final RecordedSteps steps = new RecordedSteps();
    private final FakeConversation model = new FakeConversation();

    @Test
    void aTurnWithoutCallsIsTheAnswer() throws Exception {
        model.says("42", "stop");

        assertThat(run("{}")).isEqualTo(AgentResult.completed("42", "done"));
        assertThat(steps.shape()).containsExactly("agent []");
    }

    @Test
    void callsAreExecutedOneByOneAndToldToTheModel() throws Exception {
        model.says("let me see", "tool_calls", echo("a"), echo("b")).says("seen", "stop");

        assertThat(run("{}").content()).isEqualTo("seen");
        assertThat(model.heard).containsExactly("a", "b");
        assertThat(steps.shape()).containsExactly("agent [echo, echo]", "tool echo", "tool echo", "agent []");
    }

    @Test
    void theLastTurnEndsTheRunAfterItsCalls() throws Exception {
        model.says("more", null, echo("a"));

        assertThat(run("{\"max_steps\": 2}")).isEqualTo(AgentResult.completed("more", "max_steps"));
        assertThat(model.heard).hasSize(2);
    }

    @Test
    void aModelThatStopsToAskIsToldToGoOn() throws Exception {
        model.says("shall I?", "stop").says("done", "stop");

        var result = new ToolLoop(
                        model, List.of(new FakeTool()), said -> said.equals("shall I?") ? Optional.of("CONTINUE") : Optional.empty(),
                        settings("{}"), steps, Clock.systemUTC())
                .run();

        assertThat(result).isEqualTo(AgentResult.completed("done", "done"));
        assertThat(model.heard).containsExactly("CONTINUE");
        assertThat(steps.shape()).containsExactly("agent []", "user", "agent []");
    }

    @Test
    void aTurnOfNoUseCostsAStepAndIsAskedForAgain() throws Exception {
        model.isOfNoUse().says("good", "stop");

        assertThat(run("{\"max_steps\": 2}")).isEqualTo(AgentResult.completed("good", "done"));
        assertThat(steps.shape()).containsExactly("agent []");
    }

    @Test
    void aLastTurnOfNoUseIsTheRunsError() throws Exception {
        model.isOfNoUse().isOfNoUse();

        assertThat(run("{\"max_steps\": 2}")).isEqualTo(AgentResult.failed(null, null, "an empty call"));
        assertThat(steps.shape()).containsExactly("system an empty call");
    }

    @Test
    void onlyTheShellsLostConnectionsEndARun() throws Exception {
        model.says("look", null, new ToolCall("gone", Json.object(), "c1"));

        var result = new ToolLoop(model, List.of(new LostScreen()), FollowUp.NEVER, settings("{\"max_steps\": 5}"), steps, Clock.systemUTC())
                .run();

        assertThat(result.stopReason()).isEqualTo("max_steps");
        assertThat(model.heard).hasSize(5).containsOnly("tool error: the screen went dark");
    }

    private record LostScreen() implements Tool {

        @Override
        public String name() {
            return "gone";
        }

        @Override
        public ToolOutcome call(JsonNode arguments) throws CapabilityLostException {
            throw new CapabilityLostException("the screen went dark");
        }
    }

    @Test
    void withoutTurnsThereIsNoAnswer() throws Exception {
        assertThat(run("{\"max_steps\": 0}")).isEqualTo(AgentResult.completed(null, "done"));
    }

    @Test
    void anAnswerThatWasCutOffSaysSo() throws Exception {
        model.says("so far", "length");

        assertThat(run("{}").stopReason()).isEqualTo("length");
    }

    @Test
    void aStopConditionEndsTheRunBeforeItsCallsAreExecuted() throws Exception {
        model.says("cut", "length", echo("a"));
        assertThat(run("{\"stop_on\": [\"length\"]}")).isEqualTo(AgentResult.completed("cut", "length"));

        var malformed = new FakeConversation().says("odd", "tool_calls", new ToolCall("echo", Json.tree("{\"text"), "c1"));
        var result = new ToolLoop(malformed, List.of(new FakeTool()), FollowUp.NEVER, settings("{\"stop_on\": [\"malformed_tool_call\"]}"), steps, Clock.systemUTC());

        assertThat(result.run().stopReason()).isEqualTo("malformed_tool_call");
        assertThat(steps.shape()).doesNotContain("tool echo");
    }

    @Test
    void whatCannotBeExecutedIsToldToTheModel() throws Exception {
        model.says("", null, new ToolCall("echo", Json.tree("{\"text"), "c1"), new ToolCall("dance", null, "c2"),
                new ToolCall("echo", Json.object(), "c3"), echo("broken")).says("well", "stop");

        assertThat(run("{}").content()).isEqualTo("well");
        assertThat(model.heard.getFirst()).contains("'echo'", "was not made", "'{\"text'");
        assertThat(model.heard).element(1).isEqualTo("unknown tool: 'dance'");
        assertThat(model.heard).element(2).isEqualTo("tool error: text is required");
        assertThat(model.heard).element(3).isEqualTo("tool error: broken");
        assertThat(steps.shape()).filteredOn(step -> step.endsWith("failed")).hasSize(4);
    }

    @Test
    void theThirdLostConnectionInARowEndsTheRun() throws Exception {
        model.says("again", null, echo("lost"), echo("lost"), echo("fine"), echo("lost"));

        var result = run("{}");

        assertThat(result.status()).isEqualTo("error");
        assertThat(result.content()).isEqualTo("again");
        assertThat(result.stopReason()).isNull();
        assertThat(result.error()).isEqualTo("SSH tool failure limit reached after 3 consecutive errors");
        assertThat(model.heard).containsExactly(
                "tool error: the line is dead", "tool error: the line is dead", "fine",
                "tool error: the line is dead", "tool error: the line is dead", "tool error: the line is dead");
        assertThat(steps.shape()).last().isEqualTo("system SSH tool failure limit reached after 3 consecutive errors");
    }

    @Test
    void onlyACallThatSucceedsMakesLostConnectionsForgotten() throws Exception {
        var unknown = new ToolCall("nobody", Json.object(), "u");
        model.says("again", null, echo("lost"), unknown, echo("lost"), echo("broken"), echo("lost"), echo("never"));

        assertThat(run("{}").error()).isEqualTo("SSH tool failure limit reached after 3 consecutive errors");
        assertThat(model.heard).hasSize(5);
    }

    @Test
    void whatATurnsCallsSayTogetherIsBounded() throws Exception {
        var large = "x".repeat(20 << 20);
        model.says("read", null, echo(large), echo(large), echo("little")).says("done", null);

        assertThat(run("{}").content()).isEqualTo("done");
        assertThat(model.heard.get(0)).hasSize(20 << 20);
        assertThat(model.heard.get(1)).startsWith("tool error: the results of this turn's calls are too large together");
        assertThat(model.heard.get(2)).isEqualTo("little");
    }

    @Test
    void aModelThatFailsEndsTheRunWithoutAnAnswer() throws Exception {
        model.says("first", null, echo("a")).fails(new IOException("Error code: 400 - no"));

        assertThat(run("{}")).isEqualTo(AgentResult.modelFailed(null, "Error code: 400 - no"));
        assertThat(steps.shape()).last().isEqualTo("system Error code: 400 - no");
    }

    @Test
    void aModelThatNeverAnsweredLeavesNothingToGrade() {
        model.fails(new IOException("Error code: 429 - slow down"));

        assertThatThrownBy(() -> run("{}"))
                .isInstanceOf(NoModelAnswerException.class)
                .hasMessage("Error code: 429 - slow down");
        assertThat(steps.shape()).containsExactly("system Error code: 429 - slow down");
    }

    @Test
    void anInterruptIsNobodysError() {
        model.fails(new InterruptedException());

        assertThatThrownBy(() -> run("{}")).isInstanceOf(InterruptedException.class);
        assertThat(steps.shape()).isEmpty();
    }

    private AgentResult run(String config) throws Exception {
        return new ToolLoop(model, List.of(new FakeTool()), FollowUp.NEVER, settings(config), steps, Clock.systemUTC()).run();
    }

    private static LoopSettings settings(String config) {
        JsonNode json = Json.MAPPER.readTree(config);
        return LoopSettings.of(json);
    }

    private static ToolCall echo(String text) {
        return new ToolCall("echo", Json.object().put("text", text), "c");
    }
}
