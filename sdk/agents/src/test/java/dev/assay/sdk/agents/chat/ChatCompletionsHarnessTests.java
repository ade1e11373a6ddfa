// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.sdk.agents.AgentResult;
import dev.assay.sdk.agents.AgentRun;
import dev.assay.sdk.agents.Harness;
import dev.assay.sdk.agents.NoModelAnswerException;
import dev.assay.sdk.agents.PromptTurn;
import dev.assay.sdk.agents.RecordedSteps;
import dev.assay.sdk.agents.loop.ToolHarness;
import dev.assay.sdk.agents.ssh.FakeWorkspace;
import dev.assay.sdk.protocol.Capability;
import dev.assay.sdk.protocol.Json;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

@Timeout(60)
class ChatCompletionsHarnessTests {

    @TempDir
    Path folder;

    private final RecordedSteps steps = new RecordedSteps();
    private FakeChatCompletions model;
    private FakeWorkspace workspace;

    @BeforeEach
    void start() throws Exception {
        model = new FakeChatCompletions();
        workspace = new FakeWorkspace(folder);
    }

    @AfterEach
    void stop() throws Exception {
        model.close();
        workspace.close();
    }

    @Test
    void aModelWorksInTheWorkspaceAndAnswers() throws Exception {
        model.calls("bash", Json.object().put("command", "echo strawberry | tr -cd r | wc -c")).says("3");

        var result = run("{\"model\": \"m1\", \"system_prompt\": \"Be brief.\"}");

        assertThat(result).isEqualTo(AgentResult.completed("3", "done"));
        assertThat(steps.shape()).containsExactly("agent [bash]", "tool bash", "agent []");
        assertThat(steps.toolText(0)).isEqualTo("$ echo strawberry | tr -cd r | wc -c\n3\n\n(exit 0)");
        assertThat(steps.agent(0).model()).isEqualTo("served");
        assertThat(steps.agent(0).raw().path("id").asString()).isEqualTo("r");
        var second = model.requests.get(1);
        assertThat(second.path("messages")).hasToString("""
                [{"role":"system","content":"Be brief."},{"role":"user","content":[{"type":"text","text":"How many r?"}]},\
                {"role":"assistant","tool_calls":[{"id":"c1","type":"function","function":{"name":"bash",\
                "arguments":"{\\"command\\":\\"echo strawberry | tr -cd r | wc -c\\"}"}}]},\
                {"role":"tool","tool_call_id":"c1","content":"$ echo strawberry | tr -cd r | wc -c\\n3\\n\\n(exit 0)"}]""");
        assertThat(second.path("model").asString()).isEqualTo("m1");
        assertThat(second.path("stream").booleanValue()).isFalse();
    }

    @Test
    void everyRequestCarriesTheKeyTheRunAndTheToolsOfTheWorkspace() throws Exception {
        model.says("hi");

        run("{}");

        assertThat(model.headers.getFirst().get("Authorization")).containsExactly("Bearer key-1");
        assertThat(model.headers.getFirst().get("Trace-id")).containsExactly("t1");
        assertThat(model.requests.getFirst().path("tools").valueStream().map(tool -> tool.path("function").path("name").asString()))
                .containsExactly("bash", "read", "glob", "grep", "edit", "write");
    }

    @Test
    void withoutAWorkspaceThereAreNoTools() throws Exception {
        model.says("hi");

        var run = new AgentRun("t1", null, Json.object(), PromptTurn.of(null), List.of(), FakeWorkspace::route, model.endpoint(), steps);

        assertThat(harness().run(run).content()).isEqualTo("hi");
        assertThat(model.requests.getFirst().has("tools")).isFalse();
    }

    @Test
    void theConfigShapesTheRequestButNotTheConversation() throws Exception {
        model.says("hi");

        run("""
                {"model": "m1", "checkpoint": "c7", "completion_kwargs": {"temperature": 0.5, "model": "no", "messages": [], "stream": true,
                 "extra_body": {"top_k": 3}, "timeout": 30.5, "extra_query": {"api-version": "7"}, "extra_headers": {"X-Mine": "1", "Authorization": "Bearer no", "Trace-Id": "no"}}}""");

        var request = model.requests.getFirst();
        assertThat(request.path("temperature").doubleValue()).isEqualTo(0.5);
        assertThat(request.path("top_k").intValue()).isEqualTo(3);
        assertThat(request.path("checkpoint").asString()).isEqualTo("c7");
        assertThat(request.path("model").asString()).isEqualTo("m1");
        assertThat(request.path("messages")).hasSize(1);
        assertThat(request.propertyNames()).doesNotContain("extra_body", "timeout", "extra_query");
        assertThat(model.queries.getFirst()).isEqualTo("api-version=7");
        assertThat(model.headers.getFirst().get("X-mine")).containsExactly("1");
        assertThat(model.headers.getFirst().get("Authorization")).containsExactly("Bearer key-1");
        assertThat(model.headers.getFirst().get("Trace-id")).containsExactly("t1");
    }

    @Test
    void theModelsOwnMembersAreToldAgainAndBrokenArgumentsAreNot() throws Exception {
        model.choice("""
                {"finish_reason": "tool_calls", "message": {"role": "assistant", "content": null, "refusal": null, "reasoning": "hm",
                 "reasoning_details": [{"a": 1}],
                 "tool_calls": [{"id": "c1", "type": "function", "function": {"name": "bash", "arguments": "{\\"comm"}}]}}""")
                .says("oh");

        run("{}");

        assertThat(steps.agent(0).reasoning()).isEqualTo("hm");
        assertThat(steps.agent(0).toolCalls().getFirst().arguments().asString()).isEqualTo("{\"comm");
        assertThat(model.requests.get(1).path("messages").path(1)).hasToString("""
                {"role":"assistant","reasoning":"hm","reasoning_details":[{"a":1}],\
                "tool_calls":[{"id":"c1","type":"function","function":{"name":"bash","arguments":"{}"}}]}""");
        assertThat(model.requests.get(1).path("messages").path(2).path("content").asString()).contains("was not made");
    }

    @Test
    void tokensAreCapturedAndTheNextPromptBeginsWithThem() throws Exception {
        model.choice("""
                {"finish_reason": "tool_calls", "prompt_token_ids": [1, 2], "token_ids": [3], "logprobs": {"content": [{"token": "x", "logprob": -0.5}]},
                 "message": {"role": "assistant", "tool_calls": [{"id": "c1", "type": "function", "function": {"name": "bash",
                 "arguments": "{\\"command\\": \\"true\\"}"}}]}}""").says("done");

        run("{\"completion_kwargs\": {\"extra_body\": {\"return_token_ids\": true}}}");

        assertThat(steps.agent(0).sample()).hasToString("""
                {"prompt_token_ids":[1,2],"output_token_ids":[3],"output_logprobs":[-0.5]}""");
        assertThat(model.requests.get(0).path("logprobs").booleanValue()).isTrue();
        assertThat(model.requests.get(0).has("prompt_token_ids")).isFalse();
        assertThat(model.requests.get(1).path("prompt_token_ids")).hasToString("[1,2,3]");
        assertThat(model.requests.get(1).path("continuation_from").intValue()).isEqualTo(2);
    }

    @Test
    void anAnswerOfTheServerThatRefusesEndsTheRunWithItsReason() throws Exception {
        model.answer(400, "{\"error\": {\"message\": \"unknown model 'm1'\", \"type\": \"invalid_request_error\"}}");

        assertThatThrownBy(() -> run("{}"))
                .isInstanceOf(NoModelAnswerException.class)
                .hasMessage("Error code: 400 - unknown model 'm1'");
        assertThat(steps.shape()).containsExactly("system Error code: 400 - unknown model 'm1'");
    }

    @Test
    void aServerThatIsFullIsAskedAgain() throws Exception {
        for (var i = 0; i < 6; i++) {
            model.answer(503, "{\"error\": {\"message\": \"full\"}}");
        }
        model.says("at last");

        assertThat(run("{}").content()).isEqualTo("at last");
        assertThat(model.requests).hasSize(7);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "<html>sign in first</html> | the model's answer is no JSON",
        "null | the model's answer has no choices: null",
        "{\"choices\": [null]} | the model's answer has no choices: {\"choices\":[null]}",
        "{\"choices\": []} | the model's answer has no choices: {\"choices\":[]}",
        "{\"error\": {\"message\": \"Free tier: 20 requests a minute\", \"code\": 429}}"
                + " | the provider answered with an error: Free tier: 20 requests a minute (429)",
        "{\"error\": \"no\"} | the provider answered with an error: \"no\"",
        "{\"choices\": [{\"error\": {\"message\": \"upstream died\"}, \"message\": {\"content\": \"\"}}]}"
                + " | the provider answered with an error: upstream died",
        "{\"choices\": [{\"finish_reason\": \"content_filter\", \"message\": {\"content\": null}}]}"
                + " | the model's answer holds no content and no calls: {\"finish_reason\":\"content_filter\",\"message\":{\"content\":null}}",
        "{\"choices\": [{\"message\": {\"content\": {\"a\": 1}}}]} | the model's answer has a content of an unknown kind: {\"a\":1}",
        "{\"choices\": [{\"message\": {\"content\": [1]}}]} | the model's answer has a content of an unknown kind: [1]",
    })
    void anAnswerOfAnUnknownShapeIsAnErrorThatSaysWhatItIs(String answer, String error) {
        model.answer(200, answer);

        assertThatThrownBy(() -> run("{}")).isInstanceOf(NoModelAnswerException.class).hasMessage(error);
        assertThat(steps.shape()).containsExactly("system " + error);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\"id\": \"\",", "\"id\": null,"})
    void aCallWithoutAnIdIsGivenOne(String id) throws Exception {
        model.choice("{\"finish_reason\": \"tool_calls\", \"message\": {\"role\": \"assistant\", \"content\": null, \"tool_calls\": [{" + id
                + "\"type\": \"function\", \"function\": {\"name\": \"bash\", \"arguments\": \"{\\\"command\\\": \\\"echo 1\\\"}\"}}]}}");
        model.says("1");

        assertThat(run("{}")).isEqualTo(AgentResult.completed("1", "done"));
        var messages = model.requests.get(1).path("messages");
        var given = messages.path(1).path("tool_calls").path(0).path("id").stringValue();
        assertThat(given).isNotEmpty();
        assertThat(messages.path(2).path("tool_call_id").stringValue()).isEqualTo(given);
        assertThat(steps.agent(0).toolCalls().getFirst().id()).isEqualTo(given);
    }

    @Test
    void anEmptyTextIsAnAnswer() throws Exception {
        model.says("");

        assertThat(run("{}")).isEqualTo(AgentResult.completed("", "done"));
    }

    @Test
    void twoCallsOfOneIdAreBothMadeAndToldInTheirOrder() throws Exception {
        model.choice("{\"message\": {\"tool_calls\": [{\"id\": \"c\", \"function\": {\"name\": \"bash\", \"arguments\": {\"command\": \"echo 1\"}}},"
                + "{\"id\": \"c\", \"function\": {\"name\": \"bash\", \"arguments\": {\"command\": \"echo 2\"}}}]}}");
        model.says("ok");

        assertThat(run("{}").content()).isEqualTo("ok");
        assertThat(steps.toolText(0)).startsWith("$ echo 1");
        assertThat(steps.toolText(1)).startsWith("$ echo 2");
        assertThat(model.requests.get(1).path("messages").valueStream().filter(one -> one.path("role").asString("").equals("tool"))
                        .map(one -> one.path("content").asString("").lines().findFirst().orElse("")))
                .containsExactly("$ echo 1", "$ echo 2");
    }

    @Test
    void blankArgumentsAreMalformedAndArgumentsThatAreNoTextAreTaken() throws Exception {
        model.choice("{\"message\": {\"tool_calls\": [{\"id\": \"c1\", \"function\": {\"name\": \"bash\", \"arguments\": \" \"}},"
                + "{\"id\": \"c2\", \"function\": {\"name\": \"bash\", \"arguments\": {\"command\": \"echo 2\"}}}]}}");
        model.says("ok");

        run("{}");

        assertThat(steps.toolText(0)).contains("was not made");
        assertThat(steps.toolText(1)).isEqualTo("$ echo 2\n2\n\n(exit 0)");
    }

    @Test
    void contentInPartsIsTheirText() throws Exception {
        model.choice("{\"message\": {\"content\": [{\"type\": \"text\", \"text\": \"4\"}, {\"type\": \"image_url\"}, {\"type\": \"text\", \"text\": \"2\"}]}}");

        assertThat(run("{}").content()).isEqualTo("42");
    }

    @Test
    void aFaultOfALaterTurnLeavesWhatWasDoneToBeGraded() throws Exception {
        model.calls("bash", Json.object().put("command", "echo done > file")).answer(200, "null");

        assertThat(run("{}")).isEqualTo(AgentResult.modelFailed(null, "the model's answer has no choices: null"));
    }

    @Test
    void anAgentWhoseTimeEndsWhileAFailingProviderIsAskedAgainHasNoAnswer() {
        for (var i = 0; i < 20; i++) {
            model.answer(503, "{\"error\": {\"message\": \"full\"}}", 60_000);
        }

        // no workspace: its opening would take of the second, in which the provider has to fail once
        var run = new AgentRun(
                "t1", null, Json.object().put("timeout_seconds", 1), PromptTurn.of(null), List.of(), FakeWorkspace::route, model.endpoint(),
                steps);

        assertThatThrownBy(() -> harness().run(run))
                .isInstanceOfSatisfying(NoModelAnswerException.class, e -> assertThat(e.stopReason()).isEqualTo("timeout"))
                .hasMessage("agent timed out after 1s, with no model call answered");
    }

    @Test
    void aModelThatSaysNothingUntilTheAgentsTimeIsOverLeavesNothingToGrade() {
        assertThatThrownBy(() -> run("{\"timeout_seconds\": 1}"))
                .isInstanceOfSatisfying(NoModelAnswerException.class, e -> assertThat(e.stopReason()).isEqualTo("timeout"))
                .hasMessage("agent timed out after 1s, with no model call answered");
    }

    @Test
    void aModelThatHasAnsweredAndThenSaysNothingIsGraded() throws Exception {
        model.calls("bash", Json.object().put("command", "echo done > file"));

        assertThat(run("{\"timeout_seconds\": 10}")).isEqualTo(AgentResult.failed(null, "timeout", "agent timed out after 10s"));
    }

    @Test
    void halfACharacterOfATaskReachesTheModelAsItsReplacement() throws Exception {
        model.says("hi");

        harness().run(new AgentRun(
                "t1", null, Json.object(), PromptTurn.of(Json.tree("\ud83d x")), List.of(), FakeWorkspace::route, model.endpoint(), steps));

        assertThat(model.requests.getFirst().path("messages").path(0).path("content").path(0).path("text").stringValue())
                .isEqualTo("\ufffd x");
    }

    @Test
    void aRequestThatTakesLongerThanTheConfigAllowsIsAskedAgain() throws Exception {
        model.answer(200, "{}", 0, Duration.ofMinutes(1)).says("at last");

        assertThat(run("{\"completion_kwargs\": {\"timeout\": 5}}").content()).isEqualTo("at last");
    }

    @Test
    void aTimeThatNobodyCanWaitIsTheNearestThatOneCan() throws Exception {
        model.says("in time");

        assertThat(run("{\"completion_kwargs\": {\"timeout\": 1e300}}").content()).isEqualTo("in time");
        assertThat(ChatConfig.of(Json.MAPPER.readTree("{\"completion_kwargs\": {\"timeout\": 1e-9}}")).timeout()).isEqualTo(Duration.ofMillis(1));
    }

    @Test
    void aHeaderThatCannotBeSentIsTheConfigsFaultByName() {
        assertThatThrownBy(() -> run("{\"completion_kwargs\": {\"extra_headers\": {\"X-Mine\": \"\u0444\"}}}"))
                .isInstanceOf(NoModelAnswerException.class)
                .hasMessageStartingWith("the model cannot be asked as the agent's config wants it: ")
                .hasMessageContaining("X-Mine");
    }

    @Test
    void anAgentThatTakesTooLongIsStopped() throws Exception {
        model.calls("bash", Json.object().put("command", "sleep 50"));

        var result = run("{\"timeout_seconds\": 9.5}");

        assertThat(result).isEqualTo(AgentResult.failed(null, "timeout", "agent timed out after 9.5s"));
        assertThat(workspace.running()).as("what acts when grading begins").isEmpty();
        assertThat(steps.shape()).last().isEqualTo("system agent timed out after 9.5s");
    }

    @Test
    void aToolThatTakesTooLongIsToldToTheModel() throws Exception {
        model.calls("bash", Json.object().put("command", "sleep 50")).says("fine");

        assertThat(run("{\"tool_timeout_seconds\": 0.5}").content()).isEqualTo("fine");
        assertThat(steps.toolText(0)).isEqualTo("bash timed out after 0.5s; retry with a shorter command");
    }

    @Test
    void aWorkspaceThatKeepsBreakingEndsTheRun() throws Exception {
        workspace.breakConnections();
        for (var i = 0; i < 3; i++) {
            model.calls("bash", Json.object().put("command", "true"));
        }

        assertThat(run("{}").error()).startsWith("SSH tool failure limit reached");
        assertThat(steps.shape()).hasSize(7);
    }

    @Test
    void anInterruptEndsAModelCallThatIsNeverAnswered() throws Exception {
        var thrown = new AtomicReference<Throwable>();
        var finished = new CountDownLatch(1);
        var runner = Thread.ofVirtual().start(() -> {
            try {
                run("{}");
            } catch (Throwable e) {
                thrown.set(e);
            }
            finished.countDown();
        });
        model.asked.await();

        runner.interrupt();
        finished.await();

        assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
    }

    @Test
    void aWorkspaceThatCannotBeReachedIsNotTheAgentsFault() {
        var nowhere = new Capability("shell", "ssh/2", "ssh://127.0.0.1:1");
        var run = new AgentRun("t1", null, Json.object(), PromptTurn.of(null), List.of(nowhere), FakeWorkspace::route, model.endpoint(), steps);

        assertThatThrownBy(() -> harness().run(run)).isInstanceOf(NoModelAnswerException.class).hasMessageContaining("'shell' cannot be reached: ");
        assertThat(steps.shape()).singleElement().asString().startsWith("system the agent could not begin: ");
    }

    private AgentResult run(String config) throws Exception {
        JsonNode json = Json.MAPPER.readTree(config);
        var other = new Capability("screen", "rfb/3.8", "rfb://127.0.0.1:1");
        return harness().run(new AgentRun(
                "t1", null, json, PromptTurn.of(Json.tree("How many r?")), List.of(other, workspace.capability()), FakeWorkspace::route,
                model.endpoint(), steps));
    }

    private static Harness harness() {
        return new ToolHarness(new ChatDialect(), null, Clock.systemUTC());
    }
}
