// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.mcp;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code sse}: one stream of events for all that the server says, whose first one tells where messages are posted to. */
final class HttpWithEvents implements McpTransport {

    private final McpHttp http;
    private final HttpUrl url;
    private final CompletableFuture<HttpUrl> inbox = new CompletableFuture<>();
    private final CompletableFuture<Void> end = new CompletableFuture<>();
    private final Map<JsonNode, CompletableFuture<JsonNode>> pending = new ConcurrentHashMap<>();
    private final Asked asked = new Asked(this);
    private final Thread reader;

    HttpWithEvents(McpHttp http, HttpUrl url) {
        this.http = http;
        this.url = url;
        this.reader = Thread.ofVirtual().name("mcp-events").start(this::read);
    }

    private void read() {
        try (var events = new Events(http.get(url))) {
            for (var event = events.next(); event != null; event = events.next()) {
                take(event);
            }
            ended(new McpException("the server ended its stream of events"));
        } catch (McpException e) {
            ended(e);
        } catch (InterruptedException e) {
            ended(new McpException("the server's stream of events was given up"));
        } catch (RuntimeException | StackOverflowError odd) {
            ended(new McpException("the server's stream of events makes no sense: " + odd, odd));
        }
    }

    private void take(Events.Event event) throws McpException, InterruptedException {
        if (event.name().equals("endpoint")) {
            var told = url.resolve(event.data());
            if (told == null) {
                throw new McpException("the server wants its messages at an address that is none");
            }
            inbox.complete(told);
            return;
        }
        var message = McpHttp.json(event.data().getBytes(StandardCharsets.UTF_8));
        asked.answer(message);
        var waiting = message.has("method") ? null : pending.remove(message.path("id"));
        if (waiting != null) {
            waiting.complete(message);
        }
    }

    private void ended(McpException reason) {
        end.completeExceptionally(reason);
        inbox.completeExceptionally(reason);
        pending.values().forEach(waiting -> waiting.completeExceptionally(reason));
    }

    @Override
    public JsonNode ask(ObjectNode request, @Nullable Duration limit) throws McpException, InterruptedException {
        var id = request.get("id");
        var reply = new CompletableFuture<JsonNode>();
        pending.put(id, reply);
        var posting = Thread.ofVirtual().name("mcp-post").start(() -> post(request, reply));
        try {
            return await(reply, limit);
        } finally {
            pending.remove(id);
            posting.interrupt();
        }
    }

    /** Beside the waiting for the reply: there are servers that take a request only when they have answered it. */
    private void post(ObjectNode request, CompletableFuture<JsonNode> reply) {
        try {
            http.post(await(inbox, null), request, Map.of(), null).close();
        } catch (McpException e) {
            reply.completeExceptionally(e);
        } catch (InterruptedException e) {
            // the reply was there first, or is not waited for any more
        }
    }

    @Override
    public void tell(ObjectNode message, Duration limit) throws McpException, InterruptedException {
        http.post(await(inbox, limit), message, Map.of(), limit).close();
    }

    private <T> T await(CompletableFuture<T> awaited, @Nullable Duration limit) throws McpException, InterruptedException {
        // either comes to an end when the stream does, also where it had ended before this was asked
        var either = CompletableFuture.anyOf(awaited, end).thenCompose(first -> awaited);
        try {
            return limit == null ? either.get() : either.get(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new McpException("the server did not answer for " + limit.toSeconds() + " seconds", e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof McpException told ? new McpException(told.getMessage(), told) : new McpException("" + e, e);
        }
    }

    @Override
    public void close() {
        reader.interrupt();
    }
}
