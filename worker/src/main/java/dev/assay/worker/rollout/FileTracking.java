// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.rollout;

import dev.assay.sdk.protocol.Capability;
import dev.assay.sdk.protocol.ControlClient;
import dev.assay.sdk.protocol.FrameReader;
import dev.assay.sdk.protocol.FrameTooLargeException;
import dev.assay.sdk.protocol.Json;
import dev.assay.sdk.protocol.RpcException;
import dev.assay.sdk.protocol.step.Spans;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Watches a workspace's files while the agent works, if the environment offers it. Watching only: whatever fails here, the rollout goes on
 * without it.
 */
final class FileTracking implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(FileTracking.class);
    private static final Duration EVERY = Duration.ofSeconds(2);
    /** Bytes. A last look holds up to 15 MiB of files, which are 20 in base64, beside what changed since the one before. */
    static final int LONGEST_LINE = 24 << 20;

    /** Of what a line says: small pieces take far more room as a tree than as text. */
    private static final int MOST_TOKENS = 1_000_000;

    private static final Duration LAST_LOOK = Duration.ofSeconds(10);

    private final Capability capability;
    private final ControlClient client;
    private final String runHex;
    private final Consumer<ObjectNode> spans;
    private final Clock clock;
    private final Semaphore end = new Semaphore(0);
    private int calls;

    private FileTracking(Capability capability, ControlClient client, String runHex, Consumer<ObjectNode> spans, Clock clock) {
        this.capability = capability;
        this.client = client;
        this.runHex = runHex;
        this.spans = spans;
        this.clock = clock;
    }

    /** Takes the first look before the agent begins, so that what it finds is none of the agent's. */
    static AutoCloseable start(ControlClient client, String runHex, Consumer<ObjectNode> spans, Clock clock) {
        return start(client, runHex, spans, clock, EVERY);
    }

    /** @param every how long between two looks */
    static AutoCloseable start(ControlClient client, String runHex, Consumer<ObjectNode> spans, Clock clock, Duration every) {
        var offered = client.hello().bindings().stream().filter(one -> one.family().equals("filetracking")).findFirst();
        if (offered.isEmpty()) {
            return () -> {};
        }
        var tracking = new FileTracking(offered.get(), client, runHex, spans, clock);
        var first = new Semaphore(0);
        var thread = Thread.ofVirtual().name("file-tracking").start(() -> tracking.watch(first, every));
        first.acquireUninterruptibly();
        return () -> {
            tracking.close();
            thread.join(LAST_LOOK);
            thread.interrupt();
        };
    }

    @Override
    public void close() {
        end.release();
    }

    private void watch(Semaphore first, Duration every) {
        try (var socket = client.openTunnel(capability.name())) {
            var replies = new FrameReader(socket.getInputStream(), LONGEST_LINE);
            if (capability.params().path("setup_diff").asBoolean(false)) {
                tell("setup", ask(socket, replies, "setup"));
            } else {
                ask(socket, replies, "advance");
            }
            tell("snapshot", ask(socket, replies, "snapshot"));
            first.release();
            while (!end.tryAcquire(every.toMillis(), TimeUnit.MILLISECONDS)) {
                sample(socket, replies);
            }
            var last = ask(socket, replies, "flush");
            tellIfChanged("diff", last.path("diff"));
            tellIfAny(last.path("capture"));
        } catch (FrameTooLargeException | TooManyTokensException e) {
            var much = e instanceof FrameTooLargeException ? "more than " + LONGEST_LINE + " bytes" : e.getMessage();
            var error = "the environment's file tracker answered with " + much + ": its files are not watched any more";
            LOG.warn("run {}: {}", runHex, error);
            spans.accept(span("ended", Json.object().put("error", error), clock.instant())
                    .put("status_code", "ERROR")
                    .put("status_message", error));
        } catch (IOException | JacksonException | IllegalStateException e) {
            LOG.info("files of run {} are not watched any more: {}", runHex, e.toString());
        } catch (InterruptedException e) {
            // the attempt is over
        } finally {
            first.release();
        }
    }

    /** A sample that fails is made up for by the next one: what it would have told is still pending. */
    private void sample(Socket socket, FrameReader replies) throws IOException {
        try {
            tellIfChanged("diff", ask(socket, replies, "diff"));
        } catch (RpcException | JacksonException refused) {
            LOG.debug("a sample of the files of run {} failed: {}", runHex, refused.toString());
        }
    }

    private JsonNode ask(Socket socket, FrameReader replies, String method) throws IOException {
        var request = Json.object().put("jsonrpc", "2.0").put("id", ++calls).put("method", method).set("params", Json.object());
        var tooLate = CompletableFuture.runAsync(
                () -> hangUp(socket), CompletableFuture.delayedExecutor(LAST_LOOK.toMillis(), TimeUnit.MILLISECONDS, Thread::startVirtualThread));
        try {
            socket.getOutputStream().write((Json.MAPPER.writeValueAsString(request) + "\n").getBytes(StandardCharsets.UTF_8));
            return reply(replies, method);
        } finally {
            tooLate.cancel(false);
        }
    }

    /** A Unix socket knows no time limit for reading; closing it ends the reading. */
    private static void hangUp(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // gone either way
        }
    }

    /** An environment says what it likes: a line without end costs its own run's tracking, not the worker's memory. */
    static JsonNode reply(FrameReader replies, String method) throws IOException {
        var line = replies.next();
        if (line == null) {
            throw new EOFException("connection closed during '" + method + "'");
        }
        refuseTooMany(line);
        var reply = Json.MAPPER.readTree(line);
        if (!reply.path("result").isObject()) {
            throw new RpcException(RpcException.BAD_REPLY, "'" + method + "': " + reply.path("error").path("message").asString("no object"));
        }
        return reply.get("result");
    }

    /** Each takes a byte at least, so most lines need no look. */
    private static void refuseTooMany(byte[] line) throws TooManyTokensException {
        if (line.length < MOST_TOKENS) {
            return;
        }
        try (var parser = Json.MAPPER.createParser(line)) {
            for (var tokens = 0; parser.nextToken() != null; tokens++) {
                if (tokens == MOST_TOKENS) {
                    throw new TooManyTokensException();
                }
            }
        }
    }

    /** An answer of more pieces than any workspace has something to say of. */
    static final class TooManyTokensException extends IOException {

        TooManyTokensException() {
            super("more than " + MOST_TOKENS + " JSON tokens");
        }
    }

    private void tellIfChanged(String name, JsonNode diff) {
        if (diff.path("files_changed").asInt(0) > 0) {
            tell(name, diff);
        }
    }

    private void tellIfAny(JsonNode capture) {
        if (capture.path("files_eligible").asInt(0) > 0 || capture.path("files_captured").asInt(0) > 0
                || capture.path("files_skipped").asInt(0) > 0 || capture.path("truncated").asBoolean(false)) {
            tell("capture", capture);
        }
    }

    private void tell(String name, JsonNode payload) {
        spans.accept(span(name, payload, clock.instant()));
    }

    private ObjectNode span(String name, JsonNode payload, Instant at) {
        var attributes = Json.object().put("hud.schema", "hud.filetracking.v1").put("hud.task_run_id", runHex);
        attributes.set("hud.payload", payload);
        var span = Json.object()
                .put("name", "filetracking." + name)
                .put("trace_id", runHex)
                .put("span_id", HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong()))
                .putNull("parent_span_id")
                .put("kind", "INTERNAL")
                .put("start_time", Spans.time(at))
                .put("end_time", Spans.time(at))
                .put("status_code", "OK")
                .putNull("status_message");
        span.set("attributes", attributes);
        span.putArray("events");
        return span;
    }
}
