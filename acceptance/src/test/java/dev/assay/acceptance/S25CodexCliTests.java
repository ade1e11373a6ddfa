// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** The Codex CLI itself, inside the workspace of an environment: it keeps nothing at the provider and tells all of it each time. */
class S25CodexCliTests {

    private static final String VENDOR = "@openai/codex-linux-x64/vendor/x86_64-unknown-linux-musl";

    private static Path binaries;

    private final Platform platform = Platform.withModels();
    private final String key = platform.keyOf("s25");

    @BeforeAll
    static void install() {
        binaries = NpmPackage.installed("codex-cli", "@openai/codex@0.169.0", VENDOR + "/bin/codex").resolve(VENDOR);
    }

    /** Models of its own catalog get one tool that takes a text, in the first item; behind such a name may be a server that knows none. */
    @ParameterizedTest
    @CsvSource({"gpt-5.6-sol, custom_tool_call", "gpt-5.6-luna, functions__exec", "claude-sonnet-4-6, exec_command"})
    void itWorksInTheWorkspace(String model, String called) {
        inside(user("[count_words(text='one two three four s25 codex " + model + "')]"), "--model", model).exitsWith(0)
                .says("Mean reward: 1.000");

        var asked = asked("instructions.txt hold", model);
        assertThat(asked).isNotEmpty().allSatisfy(one -> assertThat(one.get("body").has("previous_response_id")).isFalse());
        assertThat(asked.getLast().get("body").toString()).contains(called, "instructions.txt hold");
        if (model.equals("gpt-5.6-sol")) {
            assertThat(asked).allSatisfy(S25CodexCliTests::asItSaidIt);
        }
    }

    private static void asItSaidIt(JsonNode asked) {
        var body = asked.get("body");
        assertThat(body.get("store").booleanValue()).isFalse();
        assertThat(body.get("stream").booleanValue()).isTrue();
        assertThat(body.get("include").toString()).isEqualTo("[\"reasoning.encrypted_content\"]");
        assertThat(body.get("input").get(0).get("type").stringValue()).isEqualTo("additional_tools");
        assertThat(asked.get("headers").get("originator").stringValue()).isEqualTo("codex_exec");
        assertThat(asked.get("headers").has("x-codex-turn-metadata")).isTrue();
    }

    /** It marks a run as failed for any of these that it saw, also where its next try succeeds. */
    @Test
    void aFullProviderIsWaitedForWithinTheGateway() {
        var prompt = "play: {\"text\": \"Done.\", \"fail\": {\"status\": 503, \"times\": 6, \"message\": \"full s25\", "
                + "\"headers\": {\"retry-after\": \"0.1\"}}}";

        var said = inside(user("[ask(prompt='" + prompt + "')]")).exitsWith(0).says("Mean reward: 1.000");

        assertThat(said.text()).doesNotContain("Failed mid-run");
        assertThat(asked("full s25", "gpt-5.6-sol")).hasSize(7);
    }

    private static List<JsonNode> asked(String mark, String model) {
        return StandIn.shared().asked(mark).stream().filter(one -> StandIn.model(one).equals(model)).toList();
    }

    private Hud user(String tasks) {
        return new Hud().source("terminal").against(platform.url(), key)
                .write("tasks.py", "from env import ask, count_words\n\ntasks = " + tasks);
    }

    /** With the CLI where a machine of the client's vendor has it, and nothing written to this one. */
    private static Finished inside(Hud hud, String... more) {
        var command = new ArrayList<>(List.of("--dev-bind", "/", "/", "--tmpfs", "/usr/local/lib", "--ro-bind", binaries.toString(),
                "/usr/local/lib/agents/codex", Client.bin().resolve("hud").toString(), "eval", "tasks.py", "codex_cli", "--gateway", "-y",
                "--config", "sandbox=danger-full-access")); // the workspace is one
        command.addAll(List.of(more));
        return hud.program("bwrap", command.toArray(String[]::new));
    }
}
