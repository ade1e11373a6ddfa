// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.mcp;

import dev.assay.sdk.protocol.Json;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code streamable-http}: each message is a POST, whose answer is the reply or a stream of events with the reply among them. */
final class StreamableHttp implements McpTransport {

    private static final Duration FAREWELL = Duration.ofSeconds(2);
    private static final String SESSION = "Mcp-Session-Id";

    private final McpHttp http;
    private final HttpUrl url;
    private final Map<String, String> headers = new ConcurrentHashMap<>();
    private final Asked asked = new Asked(this);

    StreamableHttp(McpHttp http, HttpUrl url) {
        this.http = http;
        this.url = url;
    }

    @Override
    public JsonNode ask(ObjectNode request, @Nullable Duration limit) throws McpException, InterruptedException {
        try (var response = http.post(url, request, headers, limit)) {
            var session = response.header(SESSION);
            if (session != null) {
                headers.put(SESSION, session);
            }
            if (!McpHttp.isEventStream(response)) {
                var reply = McpHttp.json(response);
                if (Asked.isReply(reply, request.get("id"))) {
                    return reply;
                }
                throw new McpException("the server's answer is no reply to what it was asked");
            }
            return among(new Events(response), request.get("id"));
        }
    }

    private JsonNode among(Events events, JsonNode id) throws McpException, InterruptedException {
        for (var event = events.next(); event != null; event = events.next()) {
            var message = McpHttp.json(event.data().getBytes(java.nio.charset.StandardCharsets.UTF_8));
            if (Asked.isReply(message, id)) {
                return message;
            }
            asked.answer(message);
        }
        throw new McpException("the server ended its answer without a reply");
    }

    @Override
    public void tell(ObjectNode message, Duration limit) throws McpException, InterruptedException {
        http.post(url, message, headers, limit).close();
    }

    @Override
    public void agreed(String version) {
        headers.put("MCP-Protocol-Version", version);
    }

    /** A server that keeps sessions is told that this one is over, and ends what it still does for it. */
    @Override
    public void close() {
        if (headers.containsKey(SESSION)) {
            Farewell.within(FAREWELL, () -> http.delete(url, headers, FAREWELL).close());
        }
    }

    static ObjectNode notification(String method, ObjectNode params) {
        return Json.object().put("jsonrpc", "2.0").put("method", method).<ObjectNode>set("params", params);
    }
}
