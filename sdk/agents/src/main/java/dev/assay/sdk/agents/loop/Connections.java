// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.loop;

import dev.assay.sdk.agents.AgentRun;
import dev.assay.sdk.agents.cdp.Browser;
import dev.assay.sdk.agents.mcp.McpServer;
import dev.assay.sdk.agents.rfb.RfbVerbs;
import dev.assay.sdk.agents.rfb.ScreenshotEncoding;
import dev.assay.sdk.agents.ssh.SshWorkspace;
import dev.assay.sdk.agents.tool.ScreenVerbs;
import dev.assay.sdk.agents.tool.ServedTool;
import dev.assay.sdk.agents.tool.ToolNames;
import dev.assay.sdk.agents.tool.ToolServer;
import dev.assay.sdk.agents.tool.WorkspaceFiles;
import dev.assay.sdk.protocol.Capability;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The capabilities that a run's agent works with, opened in the order in which the environment names them. */
public final class Connections implements AutoCloseable {

    public static final String SSH = "ssh/2";
    public static final String RFB = "rfb/3.8";
    public static final String MCP = "mcp/2025-11-25";
    public static final String CDP = "cdp/1.3";

    /** The member of a config that gives an agent the environment's browser, for which no provider has a tool of its own. */
    private static final String BROWSER_TOOLS = "browser_tools";

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private final List<Server> servers = new ArrayList<>();
    private @Nullable WorkspaceFiles workspace;
    private @Nullable ScreenVerbs screen;

    private Connections() {}

    /** A server of tools, by its capability's name. */
    record Server(String name, String protocol, ToolServer tools) {}

    /** What is open already; the servers by their capabilities' names, in the environment's order. */
    public static Connections of(@Nullable WorkspaceFiles workspace, @Nullable ScreenVerbs screen, Map<String, ToolServer> servers) {
        var connections = new Connections();
        connections.workspace = workspace;
        connections.screen = screen;
        servers.forEach((name, tools) -> connections.servers.add(new Server(name, MCP, tools)));
        return connections;
    }

    /**
     * Opens the first shell, the first screen and every server of tools, as far as the dialect works with them, and the browsers if the
     * agent's config wants them.
     *
     * @param encoding how screenshots are encoded: {@code mime_type}, {@code quality}
     * @throws IOException if one of them does not open; those before it are closed again
     */
    static Connections open(AgentRun run, Set<String> protocols, JsonNode encoding) throws Exception {
        var connections = new Connections();
        try {
            for (var capability : run.capabilities()) {
                if (protocols.contains(capability.protocol()) || isWanted(capability, run.config())) {
                    connections.open(capability, run, encoding);
                }
            }
            return connections;
        } catch (Exception e) {
            connections.close();
            throw e;
        }
    }

    private static boolean isWanted(Capability capability, JsonNode config) {
        return capability.protocol().equals(CDP) && config.path(BROWSER_TOOLS).asBoolean(false);
    }

    private void open(Capability capability, AgentRun run, JsonNode encoding) throws Exception {
        switch (capability.protocol()) {
            case SSH -> {
                if (workspace == null) {
                    workspace = new WorkspaceFiles(keep(SshWorkspace.connect(capability, run.route())));
                }
            }
            case RFB -> {
                if (screen == null) {
                    screen = keep(RfbVerbs.connect(capability, run.route(), ScreenshotEncoding.of(encoding, ScreenshotEncoding.PNG)));
                }
            }
            case MCP -> serve(capability, McpServer.connect(capability, run.route(), run.id()));
            case CDP -> serve(capability, Browser.connect(capability, run.route()));
            default -> throw new IOException("'" + capability.name() + "' speaks " + capability.protocol() + ", which nobody here does");
        }
    }

    private void serve(Capability capability, ToolServer tools) {
        servers.add(new Server(capability.name(), capability.protocol(), keep(tools)));
    }

    private <T extends AutoCloseable> T keep(T connection) {
        opened.push(connection);
        return connection;
    }

    public Optional<WorkspaceFiles> workspace() {
        return Optional.ofNullable(workspace);
    }

    public Optional<ScreenVerbs> screen() {
        return Optional.ofNullable(screen);
    }

    /** The tools of all servers, under names that every provider takes: a server's name stands before where there are others of its kind. */
    public List<ServedTool> served() throws Exception {
        return served(servers);
    }

    static List<ServedTool> served(List<Server> servers) throws Exception {
        var tools = new ArrayList<ServedTool>();
        for (var server : servers) {
            var several = servers.stream().filter(other -> other.protocol().equals(server.protocol())).count() > 1;
            for (var listed : server.tools().tools()) {
                var name = ToolNames.sanitized(several ? server.name() + "__" + listed.name() : listed.name());
                tools.add(new ServedTool(name, listed.name(), listed.description(), listed.parameters(), server.tools()));
            }
        }
        return tools;
    }

    @Override
    public void close() {
        while (!opened.isEmpty()) {
            try {
                opened.pop().close();
            } catch (Exception e) {
                // a connection that is given up cannot fail any more
            }
        }
    }
}
