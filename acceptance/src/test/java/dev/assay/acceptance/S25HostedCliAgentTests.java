// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The programs of the vendors, and a command of one's own, driven by the platform within hosted sandboxes: in a workspace that is let out
 * to its model alone ({@code inside}), and in one that has its environment's network ({@code terminal}).
 */
class S25HostedCliAgentTests {

    private static final String CLAUDE = "@anthropic-ai/claude-code-linux-x64";
    private static final String CODEX = "@openai/codex-linux-x64/vendor/x86_64-unknown-linux-musl";

    private final Platform platform = Platform.withModels();
    private final Api api = platform.api(Deployed.KEY);

    @BeforeAll
    static void install() throws IOException {
        var claude = NpmPackage.installed("claude-cli", CLAUDE + "@2.1.197", CLAUDE + "/claude").resolve(CLAUDE);
        var codex = NpmPackage.installed("codex-cli", "@openai/codex@0.169.0", CODEX + "/bin/codex").resolve(CODEX);
        link(claude, Platform.AGENT_PROGRAMS.resolve("claude/linux-x64"));
        link(codex, Platform.AGENT_PROGRAMS.resolve("codex"));
        Deployed.inside();
        Deployed.terminal();
    }

    /** The same files, which a folder that is shown elsewhere can hold. */
    private static void link(Path from, Path to) throws IOException {
        try (var files = Files.walk(from)) {
            for (var file : files.toList()) {
                var target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else if (!Files.exists(target)) {
                    Files.createLink(target, file);
                }
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /** Of a deployed set, by the client's own command. The provider is full once: what a program hears of it would mark its run. */
    @ParameterizedTest
    @CsvSource({"claude_cli, claude-sonnet-5", "codex_cli, gpt-5.6-sol"})
    void s64AProgramIsEvaluatedHereAndItsKeyOpensNothingAfterwards(String type, String model) {
        var command = new ArrayList<>(List.of("eval", "terminal", type, "--model", model, "--task-ids", "count," + type, "-y"));
        settings(type).forEach((name, value) -> command.addAll(List.of("--config", name + "=" + value)));

        var evaluated = Deployed.user().run(command.toArray(String[]::new)).exitsWith(0).says("Runs: 2", "Mean reward: 1.000");

        assertThat(evaluated.text()).doesNotContain("Failed mid-run");
        var team = TeamId.parse(api.get("/v2/auth/me").expect(200).body().get("team_id").stringValue());
        var job = evaluated.find(platform.url() + "/jobs/([0-9a-f-]{36})");
        var runs = api.get("/v2/jobs/" + job + "/traces?limit=20").expect(200).body().get("items").valueStream()
                .map(run -> UUID.fromString(run.get("id").stringValue())).toList();
        assertThat(runs).hasSize(2).allSatisfy(run -> {
            var ended = api.get("/v2/trace/" + run).expect(200).body();
            assertThat(ended.get("error").isNull()).as(ended.toString()).isTrue();
            assertThat(ended.get("metadata").toString()).contains(type.equals("claude_cli") ? "total_cost_usd" : "codex_thread_id");
            var key = platform.api(platform.runKey(team, new RunId(run), model));
            var body = Map.of("model", model, "max_tokens", 1, "messages", List.of(Map.of("role", "user", "content", "Still there?")));
            await().atMost(Duration.ofMinutes(1)).untilAsserted(() ->
                    assertThat(key.post("/inference/v1/messages", body).expect(401).text())
                            .contains("The attempt that this run's key was made for has ended."));
        });
        await().atMost(Duration.ofMinutes(1)).untilAsserted(() -> assertThat(runs).anySatisfy(run ->
                assertThat(events(run)).contains("wc -w < instructions.txt", "agent")));
        var asked = StandIn.shared().asked("full s64 " + type).stream().filter(one -> StandIn.model(one).equals(model)).toList();
        assertThat(asked).extracting(one -> one.get("status").intValue()).containsExactly(429, 200);
        assertThat(asked).allSatisfy(one -> {
            assertThat(one.get("body").get("stream").booleanValue()).isTrue();
            assertThat(one.get("body").has("previous_response_id")).isFalse();
        });
    }

    /** It runs beside them, and asks them itself. Codex is told of none: the client's is not either. */
    @ParameterizedTest
    @CsvSource({"claude_cli, claude-sonnet-5", "codex_cli, gpt-5.6-sol"})
    void theClaudeCliIsGivenTheEnvironmentsServersOfTools(String type, String model) {
        var called = type.equals("claude_cli")
                ? "{\"calls\": [{\"name\": \"mcp__words__shout\", \"arguments\": {\"word\": \"tide\"}}]}, "
                : "";
        var run = submit(type, model, "terminal", "ask",
                Map.of("prompt", "play: {\"turns\": [" + called + "{\"text\": \"Done.\"}]} s25 servers " + type), settings(type));

        var ended = Runs.finished(api, run);

        assertThat(ended.get("reward").asDouble(-1)).as(ended.toString()).isEqualTo(1.0);
        if (type.equals("claude_cli")) {
            await().atMost(Duration.ofMinutes(1)).untilAsserted(() -> assertThat(events(run)).contains("mcp__words__shout", "TIDE"));
        }
        assertThat(StandIn.shared().asked("s25 servers " + type)).isNotEmpty().allSatisfy(one ->
                assertThat(one.get("body").toString().contains("Says a word louder.")).isEqualTo(type.equals("claude_cli")));
    }

    /** What the agent itself finds around it, which is what anything that it starts would find; it can ask, and one who may answer does. */
    @ParameterizedTest
    @CsvSource({"claude_cli, claude-sonnet-5", "codex_cli, gpt-5.6-sol"})
    void aWorkspaceWithANetworkOfItsOwnHoldsNoKeyAndLetsNobodyElseOut(String type, String model) {
        var asks = """
                import http.server, re, threading, urllib.error, urllib.request
                own = http.server.HTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler)
                threading.Thread(target=own.serve_forever, daemon=True).start()
                hosts = {"own": "127.0.0.1:%d" % own.server_port, "door": "127.0.0.1:7388"}
                hosts |= {name: name for name in re.findall(r"inference-[a-z0-9.-]*hud\\.invalid", open("/etc/hosts").read())}
                for name, host in hosts.items():
                    try:
                        urllib.request.urlopen(f"http://{host}/inference", timeout=5)
                        print("reached", name)
                    except urllib.error.HTTPError:
                        print("reached", name)
                    except OSError:
                        print("refused", name)
                """;
        var look = "env; cat /proc/[0-9]*/environ /proc/[0-9]*/cmdline 2>/dev/null | tr '\\\\0' '\\\\n'; ls -a; /usr/bin/python3 asks.py";
        var run = submit(type, model, "inside", "ask", Map.of(
                        "prompt", "play: {\"turns\": [{\"calls\": [{\"shell\": \"" + look + "\"}]}, {\"text\": \"Done.\"}]}",
                        "files", Map.of("asks.py", asks)),
                settings(type));

        var ended = Runs.finished(api, run);

        assertThat(ended.get("reward").doubleValue()).as(ended.toString()).isEqualTo(1.0);
        await().atMost(Duration.ofMinutes(1)).untilAsserted(() -> assertThat(events(run)).contains("hud-process-bound"));
        assertThat(events(run)).contains("reached own", "refused door", "refused inference-")
                .doesNotContain("ark_", "reached inference-", "reached door");
    }

    @Test
    void whatTheProviderRefusesIsAnErrorAndNoReward() {
        var run = submit("claude_cli", "claude-sonnet-5", "inside", "ask",
                Map.of("prompt", "play: {\"fail\": {\"status\": 400, \"message\": \"not today s25h\"}}", "files", Map.of()), Map.of());

        var ended = Runs.finished(api, run);

        assertThat(ended.get("status").stringValue()).isEqualTo("error");
        assertThat(ended.get("error").stringValue()).contains("API Error: 400", "not today s25h");
        assertThat(ended.get("reward").isNull()).isTrue();
    }

    @Test
    void aCommandOfOnesOwnAnswersWithTheRunsModel() {
        var program = """
                import json, os, sys, urllib.request
                body = {"model": os.environ["HUD_MODEL"], "messages": [{"role": "user", "content": sys.stdin.read()}]}
                call = urllib.request.Request(os.environ["HUD_GATEWAY_URL"] + "/chat/completions", json.dumps(body).encode(),
                    {"Content-Type": "application/json", "Authorization": "Bearer " + os.environ["HUD_API_KEY"]})
                print(json.load(urllib.request.urlopen(call))["choices"][0]["message"]["content"])
                """;
        var run = submit("command", "gpt-5.4-mini", "inside", "ask",
                Map.of("prompt", "play: {\"text\": \"Done.\"} s25 command", "files", Map.of("agent.py", program)),
                Map.of("command", "/usr/bin/python3 agent.py"));

        var ended = Runs.finished(api, run);

        assertThat(ended.get("reward").doubleValue()).as(ended.toString()).isEqualTo(1.0);
        assertThat(StandIn.shared().asked("s25 command")).hasSize(1);
    }

    /** Walls of the program's own do not fit into these. */
    private static Map<String, String> settings(String type) {
        return type.equals("codex_cli") ? Map.of("sandbox", "danger-full-access") : Map.of();
    }

    private UUID submit(String type, String model, String environment, String task, Map<String, ?> arguments, Map<String, ?> further) {
        var run = UUID.randomUUID();
        var config = new HashMap<String, Object>(further);
        config.put("model", model);
        var body = Runs.submission(run, UUID.randomUUID(), environment, task, arguments, model);
        body.put("agent", Map.of("type", type, "config", config));
        api.post("/v2/rollouts/submit", body).expect(201);
        return run;
    }

    private String events(UUID run) {
        return api.get("/v2/trace/" + run + "/events").expect(200).text();
    }
}
