// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The Claude CLI itself, inside the workspace of an environment. */
class S25ClaudeCliTests {

    private static final String PACKAGE = "@anthropic-ai/claude-code-linux-x64";
    private static final String VERSION = "2.1.197";
    private static Path binary;

    private final Platform platform = Platform.withModels();
    private final String key = platform.keyOf("s25");

    @BeforeAll
    static void install() {
        binary = NpmPackage.installed("claude-cli", PACKAGE + "@" + VERSION, PACKAGE + "/claude").resolve(PACKAGE);
    }

    @Test
    void itWorksInTheWorkspaceAndItsMessagesOfTheSystemAreTaken() {
        var hud = user("[count_words(text='one two three four s25a')]");

        inside(hud, "eval", "tasks.py", "claude_cli", "--gateway", "-y").exitsWith(0).says("Mean reward: 1.000");

        var asked = StandIn.shared().asked("instructions.txt hold").stream().filter(one -> StandIn.model(one).equals("claude-sonnet-5"));
        assertThat(asked).isNotEmpty().allSatisfy(one -> {
            assertThat(one.get("headers").get("anthropic-beta").stringValue()).contains("mid-conversation-system");
            assertThat(one.get("body").get("messages").get(1).get("role").stringValue()).isEqualTo("system");
        });
    }

    /** Chat Completions knows no message of the system in mid-conversation, and none of Anthropic's members. */
    @Test
    void itWorksOnAModelOfAnybodyElse() {
        var hud = user("[count_words(text='one two three s25b')]");

        inside(hud, "eval", "tasks.py", "claude_cli", "--gateway", "--model", "x-ai/grok-4-1-fast", "-y").exitsWith(0)
                .says("Mean reward: 1.000");
    }

    @Test
    void whatTheProviderRefusesIsAnErrorOfTheTraceBesideItsGrade() {
        var hud = user("[ask(prompt='play: {\"fail\": {\"status\": 400, \"message\": \"not today s25c\"}}')]");

        var job = inside(hud, "eval", "tasks.py", "claude_cli", "--gateway", "-y").find(platform.url() + "/jobs/([0-9a-f-]{36})");

        var api = platform.api(key);
        var run = api.get("/v2/jobs/" + job + "/traces?limit=20").expect(200).body().get("items").get(0);
        assertThat(run.get("reward").doubleValue()).isZero();
        await().atMost(Duration.ofMinutes(1)).untilAsserted(() -> assertThat(
                api.get("/v2/trace/" + run.get("id").stringValue() + "/events").expect(200).text())
                .contains("API Error: 400", "not today s25c"));
    }

    @Test
    void whereItIsNotInstalledTheRunSaysSo() {
        user("[ask(prompt='Say done.')]").run("eval", "tasks.py", "claude_cli", "--gateway", "-y")
                .says("claude is unavailable for runtime platform");
    }

    private Hud user(String tasks) {
        return new Hud().source("terminal").against(platform.url(), key)
                .write("tasks.py", "from env import ask, count_words\n\ntasks = " + tasks);
    }

    /** With the CLI where a machine of the client's vendor has it, and nothing written to this one. */
    private static Finished inside(Hud hud, String... arguments) {
        var command = new ArrayList<>(List.of("--dev-bind", "/", "/", "--tmpfs", "/usr/local/lib",
                "--ro-bind", binary.toString(), "/usr/local/lib/agents/claude/linux-x64", Client.bin().resolve("hud").toString()));
        command.addAll(List.of(arguments));
        return hud.program("bwrap", command.toArray(String[]::new));
    }
}
