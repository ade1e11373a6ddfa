// SPDX-License-Identifier: Apache-2.0

package dev.assay.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.assay.contracts.ModelId;
import dev.assay.contracts.training.CallAsk;
import dev.assay.contracts.training.CallLease;
import dev.assay.contracts.training.CallOutcome;
import dev.assay.contracts.training.Weights;
import dev.assay.kit.identity.InternalTokens;
import dev.assay.kit.identity.Party;
import dev.assay.kit.identity.Role;
import dev.assay.testsupport.TestPlatform;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** Stands in for training-service: its paths, its bodies, and whom it lets in; what it answers is the test's. */
final class TrainingStandIn implements AutoCloseable {

    static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String BLOBS = "/internal/training/blobs";
    private static final int PATIENCE_SECONDS = 60;

    private final Map<String, BlockingQueue<CallLease>> leases = new ConcurrentHashMap<>(); // by the trainer that gets them
    final Map<String, byte[]> blobs = new ConcurrentHashMap<>();
    final List<String> fetched = new CopyOnWriteArrayList<>();
    final Map<String, Weights> weights = new ConcurrentHashMap<>(); // by model, or model and checkpoint
    final Set<UUID> lost = ConcurrentHashMap.newKeySet();
    final Set<UUID> givenBack = ConcurrentHashMap.newKeySet();
    final AtomicInteger answersToLose = new AtomicInteger();
    final AtomicInteger renewals = new AtomicInteger();
    volatile boolean down;

    private final Map<UUID, List<CallOutcome>> told = new ConcurrentHashMap<>();
    private final Map<String, Hanging> hanging = new ConcurrentHashMap<>();
    private final InternalTokens tokens = new InternalTokens(TestPlatform.signatures(Party.service("training-service")));
    private final HttpServer server;

    /** A blob of which half is sent. */
    record Hanging(CountDownLatch begun, CountDownLatch rest) {}

    TrainingStandIn() throws IOException {
        server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::handle);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    String put(byte[] blob) {
        try {
            var name = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(blob));
            blobs.put(name, blob);
            return name;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    Hanging hang(String blob) {
        var hangs = new Hanging(new CountDownLatch(1), new CountDownLatch(1));
        hanging.put(blob, hangs);
        return hangs;
    }

    BlockingQueue<CallLease> leases(String trainer) {
        return leases.computeIfAbsent(trainer, key -> new LinkedBlockingQueue<>());
    }

    List<CallOutcome> told(UUID call) {
        return told.computeIfAbsent(call, key -> new CopyOnWriteArrayList<>());
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            var body = exchange.getRequestBody().readAllBytes();
            var credential = String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")).replace("Bearer ", "");
            var caller = tokens.verify(credential).filter(one -> one.role() == Role.TRAINER);
            if (down) {
                send(exchange, 503, Map.of("detail", "just being started again"));
            } else if (caller.isEmpty()) {
                send(exchange, 401, Map.of("detail", "no trainer's token"));
            } else {
                answer(exchange, caller.get().requireTrainer(), exchange.getRequestURI().getPath(), body);
            }
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    private void answer(HttpExchange exchange, String trainer, String path, byte[] body) throws IOException, InterruptedException {
        var parts = path.split("/");
        if (path.equals("/internal/training/leases")) {
            var ask = JSON.readValue(body, CallAsk.class);
            send(exchange, leases(trainer).poll(ask.waitMillis(), TimeUnit.MILLISECONDS));
        } else if (path.startsWith("/internal/training/calls/") && parts[5].equals("renew")) {
            renewals.incrementAndGet();
            send(exchange, lost.contains(UUID.fromString(parts[4])) ? 409 : 204, null);
        } else if (path.startsWith("/internal/training/calls/") && parts[5].equals("give-back")) {
            givenBack.add(UUID.fromString(parts[4]));
            send(exchange, null);
        } else if (path.startsWith("/internal/training/calls/")) {
            hear(exchange, UUID.fromString(parts[4]), JSON.readValue(body, CallOutcome.class));
        } else if (path.equals(BLOBS) && exchange.getRequestMethod().equals("PUT")) {
            send(exchange, Map.of("sha256", put(body)));
        } else if (path.startsWith(BLOBS)) {
            send(exchange, parts[4]);
        } else {
            var query = exchange.getRequestURI().getQuery();
            send(exchange, weights.get(parts[4] + (query == null ? "" : " " + query.replace("checkpoint=", ""))), 404);
        }
    }

    private void hear(HttpExchange exchange, UUID call, CallOutcome outcome) throws IOException {
        if (lost.contains(call)) {
            send(exchange, 409, null);
            return;
        }
        told(call).add(outcome);
        if (answersToLose.getAndUpdate(left -> Math.max(0, left - 1)) == 0) {
            send(exchange, 204, null);
        } // or the connection ends without an answer
    }

    private void send(HttpExchange exchange, String name) throws IOException, InterruptedException {
        fetched.add(name);
        var blob = blobs.get(name);
        if (blob == null) {
            send(exchange, 404, null);
            return;
        }
        exchange.sendResponseHeaders(200, blob.length);
        var hangs = hanging.remove(name);
        int half = hangs == null ? 0 : blob.length / 2;
        exchange.getResponseBody().write(blob, 0, half);
        if (hangs != null) {
            exchange.getResponseBody().flush();
            hangs.begun().countDown();
            assertThat(hangs.rest().await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        }
        exchange.getResponseBody().write(blob, half, blob.length - half);
    }

    private static void send(HttpExchange exchange, @Nullable Object answer) throws IOException {
        send(exchange, answer, 204);
    }

    private static void send(HttpExchange exchange, @Nullable Object answer, int without) throws IOException {
        send(exchange, answer == null ? without : 200, answer);
    }

    private static void send(HttpExchange exchange, int status, @Nullable Object answer) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        var bytes = answer == null ? new byte[0] : JSON.writeValueAsBytes(answer);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    void samples(ModelId model, @Nullable String checkpoint, @Nullable String blob) {
        var weighs = new Weights(model, "my-toy", "toy", "base", checkpoint == null ? null : UUID.randomUUID(), checkpoint, blob);
        weights.put(model.toString(), weighs);
        if (checkpoint != null) {
            weights.put(model + " " + checkpoint, weighs);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
