// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.cli;

import dev.assay.sdk.agents.AgentRun;
import dev.assay.sdk.agents.InsideModel;
import dev.assay.sdk.agents.ssh.ShellText;
import dev.assay.sdk.protocol.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** The program {@code codex}: it works with the workspace alone, and has a home of its own that goes with it. */
final class CodexCli implements Cli {

    private static final String PROGRAM = "codex";
    private static final String DEFAULT_MODEL = "gpt-5.6-sol";
    private static final String KEY = "HUD_API_KEY";
    private static final String BOUND_KEY = "HUD_CONNECTION_CREDENTIAL";

    @Override
    public String type() {
        return "codex_cli";
    }

    /** It was never told of anything but the workspace. */
    @Override
    public Set<String> lacking() {
        return Set.of();
    }

    @Override
    public Launch launch(AgentRun run, InsideModel model, RemoteShell shell) throws Exception {
        var program = shell.find(PROGRAM, platform -> "/usr/local/lib/agents/codex/bin/codex");
        var bound = model.connection() != null;
        if (bound && shell.run("head -c 2 -- " + ShellText.quote(program)).outputText().equals("#!")) {
            throw new CliException(program + " is a script that starts the program, and the connection to the model leads from the process"
                    + " that is started and no other: put the program itself in its place");
        }
        // a home of its own, in which it finds nobody's settings
        var home = "\"${TMPDIR:-/tmp}/codex-home-" + run.id() + "\"";
        var before = List.of("mkdir -p -m 700 -- " + home + " || exit 1", "export CODEX_HOME=" + home);
        var words = new ArrayList<>(List.of(program));
        words.addAll(arguments(run.config(), model));
        var command = Invocation.of(model, before, Map.of(bound ? BOUND_KEY : KEY, model.key()), words);
        return new Launch(command, run.promptText(), Map.of(), "rm -rf -- " + home);
    }

    @Override
    public CliEvents events(AgentRun run, CliTrace trace) {
        return new CodexEvents(trace, model(run.config()));
    }

    static List<String> arguments(JsonNode config, InsideModel model) {
        // around a process that a connection is bound to there are walls already, and its own would keep it from the relay
        var sandbox = model.connection() == null ? config.path("sandbox").asString("workspace-write") : "danger-full-access";
        var words = new ArrayList<>(List.of(
                "exec", "--json", "--ephemeral", "--skip-git-repo-check", "--color", "never", "--sandbox", sandbox, "--model", model(config)));
        var effort = config.path("reasoning_effort");
        if (effort.isString()) {
            words.addAll(List.of("-c", "model_reasoning_effort=" + effort));
        }
        words.addAll(List.of("-c", "model_provider=\"hud\""));
        words.addAll(provider("name", "HUD"));
        words.addAll(provider("base_url", model.url()));
        words.addAll(provider("env_key", model.connection() == null ? KEY : BOUND_KEY));
        words.addAll(provider("wire_api", "responses"));
        if (!model.headers().isEmpty()) {
            var headers = model.headers().entrySet().stream()
                    .map(one -> quoted(one.getKey()) + "=" + quoted(one.getValue()))
                    .sorted()
                    .collect(Collectors.joining(",", "{", "}"));
            words.addAll(List.of("-c", "model_providers.hud.http_headers=" + headers));
        }
        words.add("-");
        return words;
    }

    private static List<String> provider(String member, String value) {
        return List.of("-c", "model_providers.hud." + member + "=" + quoted(value));
    }

    private static String quoted(String text) {
        return Json.MAPPER.writeValueAsString(text);
    }

    private static String model(JsonNode config) {
        return config.path("model").asString(config.path("checkpoint_name").asString(DEFAULT_MODEL));
    }
}
