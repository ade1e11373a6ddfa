// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.mcp;

import dev.assay.sdk.agents.CapabilityRoute;
import dev.assay.sdk.agents.http.RoutedHttp;
import dev.assay.sdk.agents.tool.ToolOutcome;
import dev.assay.sdk.agents.tool.ToolServer;
import dev.assay.sdk.protocol.Capability;
import dev.assay.sdk.protocol.Json;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A server of tools behind the {@code mcp/2025-11-25} capability, by {@code streamable-http} or {@code sse}. Schemas and results are handed
 * on as they came. Its answers may be anybody's: none is held that is longer than 10 MiB, and whatever is wrong with one is a
 * {@link McpException} about this server alone.
 */
public final class McpServer implements ToolServer {

    private static final String VERSION = "2025-11-25";
    private static final Set<String> TRANSPORTS = Set.of("streamable-http", "sse");
    private static final Set<String> UNDERSTOOD = Set.of(VERSION, "2025-06-18", "2025-03-26", "2024-11-05");

    /** For all but the tools themselves, which take as long as they take. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final Duration FAREWELL = Duration.ofSeconds(2);
    private static final Duration[] PAUSES = {Duration.ofMillis(250), Duration.ofMillis(500)};
    private static final int MOST_PAGES = 250;
    private static final int LONGEST_REFUSAL = 2_000;

    private final Capability capability;
    private final McpTransport transport;
    private final Duration patience;
    private final String traceId;
    private final AtomicInteger lastId = new AtomicInteger();

    private McpServer(Capability capability, McpTransport transport, Duration patience, String traceId) {
        this.capability = capability;
        this.transport = transport;
        this.patience = patience;
        this.traceId = traceId;
    }

    /**
     * Connects and shakes hands, trying three times within the time of one.
     *
     * @param traceId of the run, 32 hexadecimal digits: a tool that begins another run names this one as its parent
     */
    public static McpServer connect(Capability capability, CapabilityRoute route, String traceId)
            throws McpException, InterruptedException {
        return connect(capability, route, traceId, PATIENCE);
    }

    static McpServer connect(Capability capability, CapabilityRoute route, String traceId, Duration patience)
            throws McpException, InterruptedException {
        var token = capability.params().path("auth_token");
        var http = new McpHttp(capability, route, token.isString() ? token.stringValue() : null);
        var transports = transports(capability, http);
        long begun = System.nanoTime();
        for (int attempt = 0; ; attempt++) {
            var server = new McpServer(capability, transports.get(), patience, traceId);
            try {
                server.shakeHands();
                return server;
            } catch (McpException e) {
                server.close();
                if (attempt == PAUSES.length || System.nanoTime() - begun > patience.toNanos()) {
                    throw new McpException("the tools of '" + capability.name() + "' cannot be reached: " + e.getMessage(), e);
                }
                Thread.sleep(PAUSES[attempt]);
            } catch (InterruptedException e) {
                server.close();
                throw e;
            }
        }
    }

    private static Supplier<McpTransport> transports(Capability capability, McpHttp http) throws McpException {
        var declared = HttpUrl.parse(capability.url());
        var transport = capability.params().path("transport").asString("");
        if (declared == null || !TRANSPORTS.contains(transport)) {
            throw new McpException("the tools of '" + capability.name() + "' are served by '" + transport + "' at "
                    + capability.url() + ", and only streamable-http and sse at an http address are known here");
        }
        var url = RoutedHttp.local(declared);
        return transport.equals("sse") ? () -> new HttpWithEvents(http, url) : () -> new StreamableHttp(http, url);
    }

    private void shakeHands() throws McpException, InterruptedException {
        var hello = Json.object().put("protocolVersion", VERSION);
        hello.putObject("capabilities");
        hello.putObject("clientInfo").put("name", "assay").put("version", "0.1.0");
        var version = result("initialize", hello, patience).path("protocolVersion").asString("");
        if (!UNDERSTOOD.contains(version)) {
            throw new McpException("the server speaks version '" + version + "' of the protocol, which is not known here");
        }
        transport.agreed(version);
        transport.tell(StreamableHttp.notification("notifications/initialized", Json.object()), patience);
    }

    /** @throws McpException if the server does not say, or says what is no list of tools */
    @Override
    public List<Listed> tools() throws McpException, InterruptedException {
        var tools = new ArrayList<Listed>();
        var params = Json.object();
        long length = 0;
        for (int page = 0; page < MOST_PAGES && length <= McpHttp.LONGEST_ANSWER; page++) {
            var result = result("tools/list", params, patience);
            if (!result.path("tools").isArray()) {
                throw new McpException("'" + capability.name() + "' lists no tools");
            }
            for (var tool : result.get("tools")) {
                tools.add(listed(tool));
                length += tool.toString().length();
            }
            var cursor = result.path("nextCursor");
            if (!cursor.isString()) {
                return tools;
            }
            params = Json.object().put("cursor", cursor.stringValue());
        }
        throw new McpException("the list of the tools of '" + capability.name() + "' has no end");
    }

    private Listed listed(JsonNode tool) throws McpException {
        if (!tool.path("name").isString() || !tool.path("inputSchema").isObject()) {
            throw new McpException("'" + capability.name() + "' lists a tool without a name or a schema");
        }
        var description = tool.path("description");
        return new Listed(
                tool.get("name").stringValue(), description.isString() ? description.stringValue() : null, tool.get("inputSchema"));
    }

    /** An interrupt tells the server to give the call up, too. */
    @Override
    public ToolOutcome call(String tool, JsonNode arguments) throws McpException, InterruptedException {
        var params = Json.object().put("name", tool);
        params.set("arguments", arguments);
        params.putObject("_meta").put("hud/trace-id", traceId);
        var reply = reply("tools/call", params, null);
        return reply.has("error") ? ToolOutcome.failure("tool error: " + refusal(reply)) : McpResult.of(result("tools/call", reply), tool);
    }

    private JsonNode result(String method, ObjectNode params, Duration limit) throws McpException, InterruptedException {
        return result(method, reply(method, params, limit));
    }

    private static JsonNode result(String method, JsonNode reply) throws McpException {
        if (reply.path("result").isObject()) {
            return reply.get("result");
        }
        throw new McpException(reply.has("error") ? refusal(reply) : "the server's reply to " + method + " is none");
    }

    /** A stranger's words, and no more of them than are read. */
    private static String refusal(JsonNode reply) {
        var message = reply.path("error").path("message").asString("the server refuses");
        return message.length() <= LONGEST_REFUSAL ? message : message.substring(0, LONGEST_REFUSAL) + " …";
    }

    private JsonNode reply(String method, ObjectNode params, @Nullable Duration limit) throws McpException, InterruptedException {
        int id = lastId.incrementAndGet();
        var request = Json.object().put("jsonrpc", "2.0").put("id", id).put("method", method).<ObjectNode>set("params", params);
        try {
            return transport.ask(request, limit);
        } catch (InterruptedException e) {
            var cancelled = StreamableHttp.notification("notifications/cancelled", Json.object().put("requestId", id));
            Farewell.within(FAREWELL, () -> transport.tell(cancelled, FAREWELL));
            throw e;
        }
    }

    @Override
    public void close() {
        transport.close();
    }
}
