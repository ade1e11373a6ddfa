// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.cdp;

import dev.assay.sdk.agents.CapabilityRoute;
import dev.assay.sdk.agents.http.MessageMeter;
import dev.assay.sdk.agents.http.RoutedHttp;
import dev.assay.sdk.protocol.Capability;
import dev.assay.sdk.protocol.Json;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import okhttp3.HttpUrl;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.WebSocket;
import okhttp3.WebSocketListener;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A page's debugging protocol over one web socket: numbered commands and their replies, and events for whoever waits for one. */
final class CdpConnection implements AutoCloseable {

    private static final int LONGEST_MESSAGE = 16 << 20;

    private final WebSocket socket;
    private final AtomicInteger lastId = new AtomicInteger();
    private final Map<Integer, CompletableFuture<JsonNode>> pending = new ConcurrentHashMap<>();
    private final Map<String, Set<CompletableFuture<JsonNode>>> awaited = new ConcurrentHashMap<>();
    private final CompletableFuture<Void> end = new CompletableFuture<>();

    /** Dials; that it worked is known by the first reply. */
    CdpConnection(Capability capability, CapabilityRoute route, HttpUrl url) {
        var meter = new MessageMeter("the browser", LONGEST_MESSAGE);
        var client = RoutedHttp.webSocket(() -> route.open(capability), meter);
        this.socket = client.newWebSocket(new Request.Builder().url(url).build(), new WebSocketListener() {
            @Override
            public void onMessage(WebSocket socket, String text) {
                meter.reset();
                take(text);
            }

            @Override
            public void onClosing(WebSocket socket, int code, String reason) {
                ended(new CdpException("the browser closed the connection: " + code + " " + reason));
            }

            @Override
            public void onFailure(WebSocket socket, Throwable failure, @Nullable Response response) {
                ended(new CdpException("the connection to the browser was lost: " + failure, failure));
            }
        });
    }

    private void take(String text) {
        JsonNode message;
        try {
            message = Json.MAPPER.readTree(text);
        } catch (JacksonException e) {
            socket.cancel();
            ended(new CdpException("the browser said what is no JSON", e));
            return;
        }
        var reply = pending.remove(message.path("id").asInt(0));
        if (reply != null) {
            reply.complete(message);
            return;
        }
        var event = message.path("method").asString("");
        if (event.equals("Page.javascriptDialogOpening")) {
            // nothing of the page is answered while one is open
            write(lastId.incrementAndGet(), "Page.handleJavaScriptDialog", Json.object().put("accept", true));
        }
        awaited.getOrDefault(event, Set.of()).forEach(waiting -> waiting.complete(message.path("params")));
    }

    private void ended(CdpException reason) {
        end.completeExceptionally(reason);
    }

    boolean hasEnded() {
        return end.isDone();
    }

    /** @throws CdpException if the browser refuses, is lost, or says nothing within the limit */
    JsonNode send(String method, ObjectNode params, Duration limit) throws CdpException, InterruptedException {
        int id = lastId.incrementAndGet();
        var reply = new CompletableFuture<JsonNode>();
        pending.put(id, reply);
        try {
            write(id, method, params);
            var message = await(reply, limit, method);
            var error = message.get("error");
            if (error != null) {
                throw CdpException.refused("CDP '" + method + "' failed [" + error.path("code").asInt(0) + "]: "
                        + error.path("message").asString(""));
            }
            return message.path("result");
        } finally {
            pending.remove(id);
        }
    }

    private void write(int id, String method, ObjectNode params) {
        socket.send(Json.object().put("id", id).put("method", method).set("params", params).toString());
    }

    /** The next event of that name, whoever waits for it when it comes. */
    Awaited next(String event) {
        var waiting = new CompletableFuture<JsonNode>();
        awaited.computeIfAbsent(event, name -> ConcurrentHashMap.newKeySet()).add(waiting);
        return new Awaited(event, waiting);
    }

    /** Something that will happen, or not. */
    final class Awaited implements AutoCloseable {

        private final String event;
        private final CompletableFuture<JsonNode> waiting;

        private Awaited(String event, CompletableFuture<JsonNode> waiting) {
            this.event = event;
            this.waiting = waiting;
        }

        JsonNode within(Duration limit) throws CdpException, InterruptedException {
            return await(waiting, limit, event);
        }

        @Override
        public void close() {
            awaited.getOrDefault(event, Set.of()).remove(waiting);
        }
    }

    private <T> T await(CompletableFuture<T> future, Duration limit, String what) throws CdpException, InterruptedException {
        try {
            CompletableFuture.anyOf(future, end).get(limit.toNanos(), TimeUnit.NANOSECONDS);
            return future.join();
        } catch (TimeoutException e) {
            throw new CdpException("the browser did not answer '" + what + "' for " + limit.toSeconds() + " seconds", e);
        } catch (ExecutionException e) {
            throw new CdpException(String.valueOf(e.getCause().getMessage()), e);
        }
    }

    @Override
    public void close() {
        socket.cancel();
    }
}
