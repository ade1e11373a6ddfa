// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.mcp;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.assay.sdk.agents.CapabilityRoute;
import dev.assay.sdk.protocol.Capability;
import dev.assay.sdk.protocol.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A stand-in for a server of tools by streamable HTTP, whose every answer can be anything. */
final class FakeServer implements AutoCloseable {

    /** What it answers. */
    interface Answer {
        void to(JsonNode request, HttpExchange exchange) throws Exception;
    }

    final List<JsonNode> heard = new CopyOnWriteArrayList<>();
    final List<String> headers = new CopyOnWriteArrayList<>();
    private final HttpServer server;
    private volatile Answer list = result("{'tools': [{'name': 'add', 'inputSchema': {'type': 'object'}}]}");
    private volatile Answer call = result("{'content': [{'type': 'text', 'text': 'done'}]}");
    private volatile Answer hello =
            result("{'protocolVersion': '2025-11-25', 'capabilities': {}, 'serverInfo': {'name': 'x', 'version': '1'}}");

    private volatile Answer onReply = (reply, exchange) -> send(exchange, 202, "text/plain", "");

    FakeServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/mcp", this::answer);
        server.start();
    }

    FakeServer greets(Answer answer) {
        hello = answer;
        return this;
    }

    FakeServer lists(Answer answer) {
        list = answer;
        return this;
    }

    FakeServer calls(Answer answer) {
        call = answer;
        return this;
    }

    FakeServer replies(Answer answer) {
        onReply = answer;
        return this;
    }

    /** A reply in one piece. */
    static Answer result(String json) {
        return (request, exchange) -> send(exchange, 200, "application/json", reply(request, json));
    }

    static String reply(JsonNode request, String json) {
        var reply = Json.object().put("jsonrpc", "2.0");
        reply.set("id", request.get("id"));
        return reply.<ObjectNode>set("result", read(json)).toString();
    }

    static JsonNode read(String json) {
        return Json.MAPPER.readTree(json.replace('\'', '"'));
    }

    static void send(HttpExchange exchange, int status, String type, String body) throws IOException {
        var bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", type);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    /** As long as whoever asked reads on. */
    static OutputStream stream(HttpExchange exchange, String type) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", type);
        exchange.sendResponseHeaders(200, 0);
        return exchange.getResponseBody();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            headers.add(exchange.getRequestMethod() + " " + exchange.getRequestHeaders().getFirst("Mcp-Session-Id") + " "
                    + exchange.getRequestHeaders().getFirst("MCP-Protocol-Version") + " "
                    + exchange.getRequestHeaders().getFirst("Authorization") + " at " + exchange.getRequestHeaders().getFirst("Host"));
            var body = exchange.getRequestBody().readAllBytes();
            if (body.length == 0) {
                send(exchange, 200, "text/plain", "");
                return;
            }
            var message = Json.MAPPER.readTree(body);
            heard.add(message);
            exchange.getResponseHeaders().set("Mcp-Session-Id", "session-1");
            switch (message.path("method").asString("")) {
                case "initialize" -> hello.to(message, exchange);
                case "tools/list" -> list.to(message, exchange);
                case "tools/call" -> call.to(message, exchange);
                case "" -> onReply.to(message, exchange);
                default -> send(exchange, 202, "text/plain", "");
            }
        } catch (IOException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException(e);
        }
    }

    List<String> methods() {
        return heard.stream().map(message -> message.path("method").asString("reply")).toList();
    }

    Capability capability() {
        return new Capability(
                "tools", "mcp/2025-11-25", "http://the-environment:9/mcp",
                Json.object().put("transport", "streamable-http").put("auth_token", "sesame"));
    }

    /** Ignores where the capability says that it is, as a tunnel does. */
    CapabilityRoute route() {
        return capability -> new Socket(InetAddress.getLoopbackAddress(), server.getAddress().getPort());
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
