// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.assay.sdk.agents.AgentFailedException;
import dev.assay.sdk.agents.AgentResult;
import dev.assay.sdk.agents.AgentRun;
import dev.assay.sdk.agents.Harness;
import dev.assay.sdk.agents.InsideModel;
import dev.assay.sdk.agents.ModelEndpoint;
import dev.assay.sdk.agents.NoModelAnswerException;
import dev.assay.sdk.agents.PromptTurn;
import dev.assay.sdk.agents.RecordedSteps;
import dev.assay.sdk.agents.ssh.FakeWorkspace;
import dev.assay.sdk.protocol.Capability;
import dev.assay.sdk.protocol.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Programs that stand in for the real ones, in a real shell behind a real ssh server; the real ones run in the acceptance tests. */
@Timeout(60)
class CliHarnessTests {

    private static final String ANSWER = """
            {"type":"assistant","message":{"model":"m","content":[{"type":"text","text":"4"}],"stop_reason":null,"usage":{}}}""";
    private static final String RESULT = "{\"type\":\"result\",\"is_error\":false,\"result\":\"4\",\"total_cost_usd\":0.5}";
    private static final InsideModel OPEN = InsideModel.open("http://127.0.0.1:7388/inference", "run-key", Map.of("Trace-Id", "abc"));
    private static final InsideModel BOUND = new InsideModel("http://inference-1a2b.hud.invalid/inference", "worthless", Map.of(), "inference");

    @TempDir
    Path folder;

    private final RecordedSteps steps = new RecordedSteps();
    private FakeWorkspace workspace;

    @BeforeEach
    void serve() throws IOException {
        workspace = new FakeWorkspace(folder);
        Files.createDirectories(folder.resolve("bin"));
        Files.writeString(folder.resolve(".profile"), "PATH=\"$HOME/bin:$PATH\"\n");
    }

    @AfterEach
    void close() throws IOException {
        workspace.close();
    }

    /** What the program was started with is kept beside it, a word a line. */
    private void install(String program, String does) throws IOException {
        var file = folder.resolve("bin").resolve(program);
        Files.writeString(file, "#!/bin/bash\nprintf '%s\\n' \"$@\" > ~/words; env > ~/variables; cat > ~/input; cp .hud_* ~/kept 2>/dev/null\n"
                + does + "\n");
        file.toFile().setExecutable(true);
    }

    private static String says(String... lines) {
        return Stream.of(lines).map(line -> "echo '" + line + "'").reduce("", (all, line) -> all + line + "\n");
    }

    @Test
    void claudeIsStartedWithTheRunsModelItsKeyAndTheServersOfTheEnvironment() throws Exception {
        install("claude", says(ANSWER, RESULT));
        var tools = new Capability("docs", "mcp/2025-11-25", "http://127.0.0.1:9/mcp", Json.object()
                .put("transport", "streamable-http").put("auth_token", "secret"));

        var result = run(CliHarness.claude(Clock.systemUTC()), OPEN,
                "{\"model\": \"sonnet\", \"max_steps\": 7, \"system_prompt\": \"It's brief.\", \"reasoning_effort\": \"high\", \"allowed_tools\": [\"Bash\"]}",
                workspace.capability(), tools);

        assertThat(result.status()).isEqualTo("completed");
        assertThat(result.content()).isEqualTo("4");
        assertThat(result.extra().path("total_cost_usd").doubleValue()).isEqualTo(0.5);
        assertThat(folder.resolve("words")).hasContent("""
                --verbose
                --input-format=stream-json
                --output-format=stream-json
                --print
                --permission-mode=bypassPermissions
                --max-turns=7
                --effort
                high
                --system-prompt
                It's brief.
                --allowedTools
                Bash
                --mcp-config
                .hud_mcp_config.json
                """);
        assertThat(variables()).contains(
                "ANTHROPIC_MODEL=sonnet", "ANTHROPIC_SMALL_FAST_MODEL=sonnet", "ANTHROPIC_DEFAULT_OPUS_MODEL=sonnet",
                "ANTHROPIC_BASE_URL=http://127.0.0.1:7388/inference", "ANTHROPIC_API_KEY=run-key",
                "ANTHROPIC_CUSTOM_HEADERS=Trace-Id: abc", "IS_SANDBOX=1", "DISABLE_AUTOUPDATER=1");
        assertThat(folder.resolve("input")).hasContent(
                "{\"type\":\"user\",\"message\":{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"How many?\"}]}}\n");
        assertThat(folder.resolve("kept")).hasContent("{\"mcpServers\":{\"docs\":{\"type\":\"http\",\"url\":\"http://127.0.0.1:9/mcp\","
                + "\"headers\":{\"Authorization\":\"Bearer secret\"}}}}");
        assertThat(folder.resolve(".hud_mcp_config.json")).doesNotExist();
    }

    @Test
    void throughABoundConnectionTheProgramGetsNoKeyAndIsTheShellsOwnProcess() throws Exception {
        install("claude", "echo $PPID > ~/parent\n" + says(ANSWER, RESULT));

        run(CliHarness.claude(Clock.systemUTC()), BOUND, "{}", workspace.capability());

        assertThat(variables()).contains(
                "ANTHROPIC_BASE_URL=http://inference-1a2b.hud.invalid/inference", "ANTHROPIC_AUTH_TOKEN=worthless", "BOUND=[\"inference\"]")
                .anySatisfy(one -> assertThat(one).startsWith("NO_PROXY=").endsWith("inference-1a2b.hud.invalid"))
                .noneSatisfy(one -> assertThat(one).containsAnyOf("ANTHROPIC_API_KEY", "ANTHROPIC_CUSTOM_HEADERS"));
        assertThat(folder.resolve("parent")).hasContent(Long.toString(ProcessHandle.current().pid()));
    }

    @Test
    void codexIsStartedWithAProviderAndAHomeOfItsOwn() throws Exception {
        install("codex", "ls -d \"$CODEX_HOME\" > ~/home\n"
                + says("{\"type\":\"item.completed\",\"item\":{\"id\":\"i\",\"type\":\"agent_message\",\"text\":\"4\"}}", "{\"type\":\"turn.completed\",\"usage\":{\"input_tokens\":3}}"));

        var result = run(CliHarness.codex(Clock.systemUTC()), OPEN, "{\"model\": \"m\", \"reasoning_effort\": \"low\"}", workspace.capability());

        assertThat(result.content()).isEqualTo("4");
        assertThat(result.extra().path("usage").path("input_tokens").intValue()).isEqualTo(3);
        assertThat(String.join(" ", Files.readAllLines(folder.resolve("words")))).isEqualTo(
                "exec --json --ephemeral --skip-git-repo-check --color never --sandbox workspace-write --model m -c model_reasoning_effort=\"low\""
                        + " -c model_provider=\"hud\" -c model_providers.hud.name=\"HUD\""
                        + " -c model_providers.hud.base_url=\"http://127.0.0.1:7388/inference\" -c model_providers.hud.env_key=\"HUD_API_KEY\""
                        + " -c model_providers.hud.wire_api=\"responses\" -c model_providers.hud.http_headers={\"Trace-Id\"=\"abc\"} -");
        assertThat(variables()).contains("HUD_API_KEY=run-key");
        assertThat(folder.resolve("input")).hasContent("How many?");
        assertThat(Path.of(Files.readString(folder.resolve("home")).strip())).doesNotExist();
    }

    @Test
    void aBoundConnectionWantsCodexItselfAndNoScriptThatStartsIt() throws Exception {
        install("codex", "");

        assertThatThrownBy(() -> run(CliHarness.codex(Clock.systemUTC()), BOUND, "{}", workspace.capability()))
                .isInstanceOf(NoModelAnswerException.class).hasMessageContaining("is a script that starts the program");
    }

    @Test
    void aCommandGetsPromptAddressAndKeyAndItsOutputIsTheAnswer() throws Exception {
        var result = run(CliHarness.command(Clock.systemUTC()), OPEN,
                "{\"model\": \"m\", \"command\": \"read -r asked; echo \\\"$asked at $HUD_GATEWAY_URL\\\"; echo \\\"with ${OPENAI_API_KEY:4} $HUD_MODEL\\\"\"}",
                workspace.capability());

        assertThat(result.content()).isEqualTo("How many? at http://127.0.0.1:7388/inference\nwith key m");
        assertThat(steps.shape()).containsExactly("agent []");
    }

    @Test
    void aCommandThatFailsSaysSo() {
        assertThatThrownBy(() -> run(CliHarness.command(Clock.systemUTC()), OPEN, "{\"command\": \"echo wrong >&2; exit 3\"}", workspace.capability()))
                .isInstanceOf(NoModelAnswerException.class).hasMessage("the agent's command ended with status 3: wrong");
    }

    /** Of a command only what it writes is heard; that a model answered it, who passes its calls on has seen. */
    @Test
    void aCommandThatWritesNothingIsGradedWhereItsModelAnswered() throws Exception {
        var answered = OPEN.seenBy(() -> true);
        assertThatThrownBy(() -> run(CliHarness.command(Clock.systemUTC()), answered, "{\"command\": \"exit 3\"}", workspace.capability()))
                .isInstanceOfSatisfying(AgentFailedException.class, e -> assertThat(e.content()).isNull());
        var late = run(CliHarness.command(Clock.systemUTC()), answered, "{\"command\": \"exec sleep 555.3\", \"timeout_seconds\": 2}", workspace.capability());
        assertThat(late.stopReason()).isEqualTo("timeout");
        assertThat(late.error()).isEqualTo("agent timed out after 2s");

        install("claude", "exit 3");
        assertThatThrownBy(() -> run(CliHarness.claude(Clock.systemUTC()), answered, "{}", workspace.capability()))
                .as("which tells of each answer itself").isInstanceOf(NoModelAnswerException.class);
        assertThat(run(CliHarness.command(Clock.systemUTC()), OPEN, "{\"command\": \"true\"}", workspace.capability()).status())
                .as("it ended well, and what it did is graded").isEqualTo("completed");
    }

    @Test
    void stepsAreToldWhileTheProgramStillRuns() throws Exception {
        install("claude", says(ANSWER) + "until [ -e ~/go ]; do sleep 0.05; done\n" + says(RESULT));
        var running = CompletableFuture.supplyAsync(() -> {
            try {
                return run(CliHarness.claude(Clock.systemUTC()), OPEN, "{}", workspace.capability());
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });

        await().until(() -> steps.shape().size() == 1);
        assertThat(running).isNotDone();
        Files.createFile(folder.resolve("go"));

        assertThat(running.join().content()).isEqualTo("4");
    }

    @Test
    void aProgramThatIsNotThereIsNamedAndNothingIsGraded() {
        assertThatThrownBy(() -> run(CliHarness.claude(Clock.systemUTC()), OPEN, "{}", workspace.capability()))
                .isInstanceOf(NoModelAnswerException.class).hasMessageContaining("claude is unavailable for runtime platform linux-");
        assertThat(steps.shape()).singleElement().asString().startsWith("system claude is unavailable");
    }

    @Test
    void aProgramThatIsKilledBeforeAnAnswerIsNotGradedAndAfterOneIs() throws Exception {
        install("codex", "kill -9 $$");
        assertThatThrownBy(() -> run(CliHarness.codex(Clock.systemUTC()), OPEN, "{}", workspace.capability()))
                .isInstanceOf(NoModelAnswerException.class).hasMessageContaining("137");

        install("claude", says(ANSWER) + "kill -9 $$");
        assertThatThrownBy(() -> run(CliHarness.claude(Clock.systemUTC()), OPEN, "{}", workspace.capability()))
                .isInstanceOfSatisfying(AgentFailedException.class, e -> {
                    assertThat(e).hasMessageContaining("137");
                    assertThat(e.content()).isEqualTo("4");
                    assertThat(e.extra().path("returncode").intValue()).isEqualTo(137);
                });
    }

    /** No fault of the model's, and no reward of 0. */
    @Test
    void aWorkspaceThatIsLostBeforeAnAnswerLeavesNothingToGrade() {
        workspace.breakConnections();

        assertThatThrownBy(() -> run(CliHarness.claude(Clock.systemUTC()), OPEN, "{}", workspace.capability()))
                .isInstanceOf(NoModelAnswerException.class);
    }

    @Test
    void theRunsKeyIsOnNoTimelineWhateverTheProgramTells() throws Exception {
        install("claude", "echo \"$ANTHROPIC_API_KEY broke\" >&2\n" + says(ANSWER.replace("4", "my key is run-key")) + "exit 1");

        assertThatThrownBy(() -> run(CliHarness.claude(Clock.systemUTC()), OPEN, "{}", workspace.capability()))
                .isInstanceOfSatisfying(AgentFailedException.class, e -> {
                    assertThat(e).hasMessage("*** broke");
                    assertThat(e.extra().toString()).doesNotContain("run-key");
                });
        assertThat(steps.agent(0).content()).isEqualTo("my key is ***");
    }

    @Test
    void aProgramThatWritesNoJsonIsEnded() throws Exception {
        install("claude", "echo 'Welcome!'; exec sleep 555.25");

        assertThatThrownBy(() -> run(CliHarness.claude(Clock.systemUTC()), OPEN, "{}", workspace.capability()))
                .isInstanceOf(NoModelAnswerException.class).hasMessageContaining("no JSON object: 'Welcome!'");
        await().until(() -> workspace.running().isEmpty());
    }

    @Test
    void aProgramThatTakesTooLongIsEndedAndItsAnswerSoFarKept() throws Exception {
        install("claude", says(ANSWER) + "exec sleep 555.5");

        var result = run(CliHarness.claude(Clock.systemUTC()), OPEN, "{\"timeout_seconds\": 20}", workspace.capability());

        assertThat(result.status()).isEqualTo("error");
        assertThat(result.stopReason()).isEqualTo("timeout");
        assertThat(result.content()).isEqualTo("4");
        assertThat(steps.shape()).containsExactly("agent []", "system agent timed out after 20s");
        await().until(() -> workspace.running().isEmpty());
    }

    /** What is left of it after the cut would be no word that anybody looks for. */
    @Test
    void aKeyAcrossTheCutOfLongErrorsIsOnNoTimelineEither() {
        var errors = "printf 'run-key' >&2; head -c 65533 /dev/zero | tr '\\\\0' x >&2; exit 1";

        assertThatThrownBy(() -> run(CliHarness.command(Clock.systemUTC()), OPEN, "{\"command\": \"echo 3; " + errors + "\"}", workspace.capability()))
                .isInstanceOfSatisfying(AgentFailedException.class,
                        e -> assertThat(e.extra().path("stderr").stringValue()).hasSize(65_536).startsWith("***x"));
    }

    @Test
    void aRunThatIsInterruptedLeavesNothingRunning() throws Exception {
        install("claude", says(ANSWER) + "exec sleep 555.75");
        var ended = new AtomicReference<Throwable>();
        var thread = Thread.ofVirtual().start(() -> {
            try {
                run(CliHarness.claude(Clock.systemUTC()), OPEN, "{}", workspace.capability());
            } catch (Throwable e) {
                ended.set(e);
            }
        });
        await().until(() -> !steps.shape().isEmpty());
        thread.interrupt();
        thread.join();

        assertThat(ended.get()).isInstanceOf(InterruptedException.class);
        await().until(() -> workspace.running().isEmpty());
    }

    @Test
    void itNeedsExactlyOneShell() {
        assertThatThrownBy(() -> run(CliHarness.claude(Clock.systemUTC()), OPEN, "{}"))
                .isInstanceOf(NoModelAnswerException.class).hasMessageContaining("no shell");
        var windows = new Capability("win", "ssh/2", "ssh://127.0.0.1:1", Json.object().put("shell", "powershell"));
        assertThatThrownBy(() -> run(CliHarness.claude(Clock.systemUTC()), OPEN, "{}", windows)).hasMessageContaining("powershell");
        assertThatThrownBy(() -> run(CliHarness.claude(Clock.systemUTC()), OPEN, "{}", windows, workspace.capability()))
                .hasMessageContaining("several shells");
    }

    private AgentResult run(Harness harness, InsideModel model, String config, Capability... capabilities) throws Exception {
        var endpoint = new ModelEndpoint("http://127.0.0.1:1", "none", Map.of());
        return harness.run(new AgentRun(
                "a".repeat(32), null, Json.MAPPER.readTree(config), PromptTurn.of(Json.tree("How many?")), List.of(capabilities),
                FakeWorkspace::route, endpoint, steps, model));
    }

    private List<String> variables() throws IOException {
        return Files.readAllLines(folder.resolve("variables"));
    }
}
