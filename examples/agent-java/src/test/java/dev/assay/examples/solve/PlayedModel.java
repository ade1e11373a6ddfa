// SPDX-License-Identifier: Apache-2.0

package dev.assay.examples.solve;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.assay.sdk.protocol.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Stands in for a server of the Chat Completions protocol: a model that runs one command, then gives its answer, and judges others'. */
final class PlayedModel implements AutoCloseable {

    final List<JsonNode> requests = new CopyOnWriteArrayList<>();
    private final HttpServer server;
    private final String command;
    private final String answer;

    PlayedModel(String command, String answer) throws IOException {
        this.command = command;
        this.answer = answer;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/v1/chat/completions", this::handle);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/v1";
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            var request = Json.MAPPER.readTree(exchange.getRequestBody());
            requests.add(request);
            var choice = Json.object().put("index", 0).put("finish_reason", "stop");
            choice.set("message", says(request.get("messages")));
            var reply = Json.object().put("id", "r").put("object", "chat.completion").put("created", 1).put("model", "played");
            reply.putArray("choices").add(choice);
            var bytes = reply.toString().getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().add("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }

    private ObjectNode says(JsonNode messages) {
        var last = messages.get(messages.size() - 1);
        var message = Json.object().put("role", "assistant");
        if (last.path("content").toString().contains("<criterion>")) {
            var judged = last.path("content").asString();
            return message.put("content", judged.substring(judged.indexOf("<response>")).contains("too early") ? "MET" : "UNMET");
        }
        if (last.path("role").asString().equals("tool")) {
            return message.put("content", answer);
        }
        var call = Json.object().put("id", "call-1").put("type", "function");
        call.putObject("function").put("name", "bash").put("arguments", Json.object().put("command", command).toString());
        message.putNull("content").putArray("tool_calls").add(call);
        return message;
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
