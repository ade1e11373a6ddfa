// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.cli;

import dev.assay.sdk.agents.AgentRun;
import dev.assay.sdk.agents.InsideModel;
import dev.assay.sdk.protocol.Capability;
import dev.assay.sdk.protocol.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The program {@code claude}: it has tools of its own and is told of the environment's servers of tools. */
final class ClaudeCli implements Cli {

    private static final String PROGRAM = "claude";
    private static final String DEFAULT_MODEL = "claude-sonnet-5";
    private static final String SERVERS = ".hud_mcp_config.json";

    private static final List<String> DEFAULT_TOOLS =
            List.of("Read", "Write", "Edit", "Bash", "Glob", "Grep", "WebSearch", "WebFetch");

    @Override
    public String type() {
        return "claude_cli";
    }

    /** Screens reach the program by a bridge that it was never seen to use. */
    @Override
    public Set<String> lacking() {
        return Set.of("rfb/3.8");
    }

    @Override
    public Launch launch(AgentRun run, InsideModel model, RemoteShell shell) throws Exception {
        var program = shell.find(PROGRAM, platform -> "/usr/local/lib/agents/claude/" + platform + "/claude");
        var servers = servers(run.capabilities());
        var words = new ArrayList<>(List.of(program));
        words.addAll(arguments(run.config()));
        if (!servers.isEmpty()) {
            words.addAll(List.of("--mcp-config", SERVERS));
        }
        var command = Invocation.of(model, List.of(), variables(run.config(), model), words);
        var files = servers.isEmpty()
                ? Map.<String, String>of()
                : Map.of(SERVERS, Json.object().set("mcpServers", servers).toString());
        return new Launch(command, message(run.promptText()) + "\n", files, servers.isEmpty() ? "" : "rm -f -- " + SERVERS);
    }

    @Override
    public CliEvents events(AgentRun run, CliTrace trace) {
        return new ClaudeEvents(trace);
    }

    static List<String> arguments(JsonNode config) {
        var words = new ArrayList<>(List.of(
                "--verbose", "--input-format=stream-json", "--output-format=stream-json", "--print",
                "--permission-mode=" + config.path("permission_mode").asString("bypassPermissions")));
        var turns = config.path("max_steps").asInt(-1);
        if (turns > 0) {
            words.add("--max-turns=" + turns);
        }
        var effort = config.path("reasoning_effort");
        if (effort.isString()) {
            words.addAll(List.of("--effort", effort.stringValue()));
        }
        var prompt = config.path("system_prompt").asString("");
        if (!prompt.isEmpty()) {
            words.addAll(List.of("--system-prompt", prompt));
        }
        var tools = config.path("allowed_tools");
        (tools.isArray() ? tools.valueStream().map(tool -> tool.asString("")) : DEFAULT_TOOLS.stream())
                .forEach(tool -> words.addAll(List.of("--allowedTools", tool)));
        return words;
    }

    static Map<String, String> variables(JsonNode config, InsideModel model) {
        var name = config.path("model").asString(config.path("checkpoint_name").asString(DEFAULT_MODEL));
        var variables = new LinkedHashMap<String, String>();
        variables.put("ANTHROPIC_MODEL", name);
        variables.put("ANTHROPIC_SMALL_FAST_MODEL", name);
        for (var flag : List.of("CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC", "DISABLE_AUTOUPDATER", "IS_SANDBOX")) {
            variables.put(flag, "1");
        }
        variables.put("ANTHROPIC_BASE_URL", model.url());
        variables.put(model.connection() == null ? "ANTHROPIC_API_KEY" : "ANTHROPIC_AUTH_TOKEN", model.key());
        variables.put("CLAUDE_CODE_DISABLE_EXPERIMENTAL_BETAS", "1");
        // whatever the program asks beside the agent's own turns, it asks the run's model
        Stream.of("ANTHROPIC_DEFAULT_SONNET_MODEL", "ANTHROPIC_DEFAULT_OPUS_MODEL", "ANTHROPIC_DEFAULT_HAIKU_MODEL", "CLAUDE_CODE_SUBAGENT_MODEL")
                .forEach(tier -> variables.put(tier, name));
        if (!model.headers().isEmpty()) {
            variables.put("ANTHROPIC_CUSTOM_HEADERS", Invocation.lines(model.headers()));
        }
        return variables;
    }

    /** The program runs beside the servers, so that their addresses are as the environment gives them. */
    static ObjectNode servers(List<Capability> capabilities) throws CliException {
        var servers = Json.object();
        for (var one : capabilities.stream().filter(one -> one.family().equals("mcp")).toList()) {
            if (servers.has(one.name())) {
                throw new CliException("the environment offers two servers of tools called '" + one.name() + "'");
            }
            var transport = one.params().path("transport").asString("");
            var server = servers.putObject(one.name())
                    .put("type", transport.equals("streamable-http") ? "http" : "sse")
                    .put("url", one.url());
            var token = one.params().path("auth_token").asString("");
            if (!token.isEmpty()) {
                server.putObject("headers").put("Authorization", "Bearer " + token);
            }
        }
        return servers;
    }

    private static String message(String prompt) {
        var message = Json.object().put("type", "user");
        message.putObject("message").put("role", "user").putArray("content").addObject().put("type", "text").put("text", prompt);
        return message.toString();
    }
}
