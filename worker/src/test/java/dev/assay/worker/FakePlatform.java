// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.assay.contracts.EnvironmentId;
import dev.assay.contracts.RunId;
import dev.assay.contracts.SessionId;
import dev.assay.contracts.VersionId;
import dev.assay.contracts.internal.AskWithdrawal;
import dev.assay.contracts.internal.BuildLease;
import dev.assay.contracts.internal.BuildLine;
import dev.assay.contracts.internal.BuildOutcome;
import dev.assay.contracts.internal.BuildProgress;
import dev.assay.contracts.internal.EnvironmentVersion;
import dev.assay.contracts.internal.Lease;
import dev.assay.contracts.internal.LeaseRelease;
import dev.assay.contracts.internal.LeaseRenewal;
import dev.assay.contracts.internal.LeaseRenewed;
import dev.assay.contracts.internal.LeaseRequest;
import dev.assay.contracts.internal.Leased;
import dev.assay.contracts.internal.LeasesRenewed;
import dev.assay.contracts.internal.Outcome;
import dev.assay.contracts.internal.OutcomesTaken;
import dev.assay.contracts.internal.OutcomesTold;
import dev.assay.contracts.internal.RuntimeCredential;
import dev.assay.contracts.internal.RuntimeCredentialAsk;
import dev.assay.contracts.internal.SessionLease;
import dev.assay.contracts.internal.WorkerOrders;
import dev.assay.contracts.internal.WorkerReport;
import dev.assay.sdk.protocol.Json;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Fakes job-, environment-, trace-service and the gateway at one address: the paths and bodies are theirs, the answers are the test's. */
final class FakePlatform implements AutoCloseable {

    /** Of leases whose end no test waits for: however slow a machine is, it renews them in time. */
    static final long TTL = 600_000;

    final BlockingQueue<Lease> leases = new LinkedBlockingQueue<>();
    final BlockingQueue<BuildLease> builds = new LinkedBlockingQueue<>();
    final BlockingQueue<SessionLease> sessions = new LinkedBlockingQueue<>();
    final Map<String, BlockingQueue<JsonNode>> sessionWords = new ConcurrentHashMap<>();
    final Set<String> cancelled = ConcurrentHashMap.newKeySet();
    final Set<String> lost = ConcurrentHashMap.newKeySet();
    final Set<String> unwanted = ConcurrentHashMap.newKeySet(); // sessions that are held, and have ended
    final Map<String, BlockingQueue<Outcome>> outcomes = new ConcurrentHashMap<>();
    final Map<String, BlockingQueue<LeaseRelease>> releases = new ConcurrentHashMap<>();
    final Map<String, List<LeaseRenewal.OfRun>> renewals = new ConcurrentHashMap<>();
    final Map<UUID, Lease> given = new ConcurrentHashMap<>();
    final Set<UUID> withdrawn = ConcurrentHashMap.newKeySet();
    final Set<String> hanging = ConcurrentHashMap.newKeySet();
    final List<String> resolved = new CopyOnWriteArrayList<>();
    volatile long ttl = TTL;
    volatile int answersToLose;
    volatile Function<Outcome, @Nullable String> refusal = outcome -> null;
    final BlockingQueue<BuildOutcome> buildOutcomes = new LinkedBlockingQueue<>();
    final Map<String, List<String>> phases = new ConcurrentHashMap<>();
    final Map<String, List<JsonNode>> spans = new ConcurrentHashMap<>();
    final List<BuildLine> buildLog = new CopyOnWriteArrayList<>();
    final List<LeaseRequest> asked = new CopyOnWriteArrayList<>();
    final List<String> modelCalls = new CopyOnWriteArrayList<>();
    final Map<String, String> parents = new ConcurrentHashMap<>();
    final Map<String, EnvironmentVersion> environments = new ConcurrentHashMap<>();
    final byte[] context;
    volatile byte[] buildContext;
    volatile Function<JsonNode, String> model = body -> "3";
    volatile boolean tracesDown;
    final BlockingQueue<WorkerReport> reports = new LinkedBlockingQueue<>();
    volatile boolean draining;
    final List<RuntimeCredentialAsk> credentialsAsked = new CopyOnWriteArrayList<>();
    final List<String> keysAtE2b = new CopyOnWriteArrayList<>();
    volatile RuntimeCredential credential = new RuntimeCredential(null, "the team has no credential for 'e2b' any more");

    /** How many questions environment-service does not answer from now on. */
    final AtomicInteger environmentsAway = new AtomicInteger();

    private final AtomicInteger workers = new AtomicInteger();
    private final HttpServer server;

    FakePlatform() throws IOException {
        context = TestEnvironment.context();
        buildContext = context;
        server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::handle);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    EnvironmentVersion environment(String name, Map<String, String> variables) {
        var version = new EnvironmentVersion(
                EnvironmentId.parse(UUID.randomUUID().toString()), VersionId.random(), name, "testing", 7, "", variables, null, null, null,
                Json.object());
        environments.put(name, version);
        return version;
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            var path = exchange.getRequestURI().getPath();
            var body = exchange.getRequestBody().readAllBytes();
            answer(exchange, path, body);
        } catch (InterruptedException | RuntimeException e) {
            e.printStackTrace();
        }
    }

    private void answer(HttpExchange exchange, String path, byte[] body) throws IOException, InterruptedException {
        var parts = path.split("/");
        if ((path.startsWith("/internal/environments/") || path.startsWith("/internal/versions/"))
                && environmentsAway.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
            send(exchange, 503, Map.of("detail", "just being started again"));
            return;
        }
        switch (path) {
            case "/internal/leases" -> offer(exchange, body);
            case "/internal/workers/report" -> {
                reports.add(Json.MAPPER.readValue(body, WorkerReport.class));
                send(exchange, new WorkerOrders(draining));
            }
            case "/internal/leases/renew" -> renew(exchange, body);
            case "/internal/leases/outcomes" -> tell(exchange, body);
            case "/internal/leases/withdraw", "/internal/sessions/leases/withdraw" -> {
                withdrawn.add(Json.MAPPER.readValue(body, AskWithdrawal.class).ask());
                send(exchange, null);
            }
            case "/internal/sessions/leases" -> send(exchange, new Leased<>(Stream.ofNullable(next(sessions, body)).toList()));
            case "/internal/builds/leases" -> send(exchange, next(builds, body));
            case "/internal/environments/resolve" -> resolve(exchange);
            case "/v2/sandboxes" -> {
                var key = exchange.getRequestHeaders().getFirst("X-API-Key");
                keysAtE2b.add(key);
                send(exchange, 401, Map.of("code", 401, "message", "no such key: " + key));
            }
            case "/inference/chat/completions" -> chat(exchange, body);
            case String told when told.startsWith("/internal/leases/") -> lease(exchange, parts[3], parts[4], body);
            case String told when told.startsWith("/internal/sessions/") -> session(exchange, parts[3], parts[4], body);
            case String told when told.startsWith("/internal/builds/") -> build(exchange, parts[4], body);
            case String told when told.startsWith("/internal/versions/") -> {
                exchange.sendResponseHeaders(200, buildContext.length);
                exchange.getResponseBody().write(buildContext);
            }
            case String told when told.startsWith("/telemetry/v3/api/trace/") -> telemetry(exchange, parts[5], body);
            default -> send(exchange, 404, Map.of("detail", "no such path"));
        }
    }

    /** The same question again is answered with the same lease. */
    private void offer(HttpExchange exchange, byte[] body) throws IOException, InterruptedException {
        var ask = Json.MAPPER.readValue(body, LeaseRequest.class).ask();
        var lease = given.get(ask);
        if (lease == null) {
            lease = next(leases, body);
        }
        if (lease != null) {
            given.put(ask, lease);
            if (answersToLose > 0) {
                answersToLose--;
                return; // the connection ends without an answer
            }
        }
        send(exchange, new Leased<>(Stream.ofNullable(lease).toList()));
    }

    /** Questions that wait for work belong to a worker that is gone: they get none of what comes later. */
    void forgetWaiting() {
        workers.incrementAndGet();
    }

    private <T> @Nullable T next(BlockingQueue<T> queue, byte[] body) throws InterruptedException {
        var worker = workers.get();
        var request = Json.MAPPER.readValue(body, LeaseRequest.class);
        asked.add(request);
        var until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(request.waitMillis());
        T found = null;
        while (found == null && worker == workers.get() && !withdrawn.contains(request.ask()) && System.nanoTime() < until) {
            found = queue.poll(20, TimeUnit.MILLISECONDS);
        }
        return found;
    }

    /** Whatever is told is noted, also by whom it should not be told: what a worker keeps to itself must be seen to be kept. */
    private void lease(HttpExchange exchange, String run, String what, byte[] body) throws IOException, InterruptedException {
        if (what.equals("credential")) {
            credentialsAsked.add(Json.MAPPER.readValue(body, RuntimeCredentialAsk.class));
            send(exchange, credential);
            return;
        }
        switch (what) {
            case "release" -> releases.computeIfAbsent(run, key -> new LinkedBlockingQueue<>())
                    .add(Json.MAPPER.readValue(body, LeaseRelease.class));
            default -> {
                var outcome = Json.MAPPER.readValue(body, Outcome.class);
                var refused = refusal.apply(outcome);
                if (refused != null) {
                    send(exchange, 400, Map.of("detail", refused));
                    return;
                }
                outcomes.computeIfAbsent(run, key -> new LinkedBlockingQueue<>()).add(outcome);
            }
        }
        if (lost.contains(run)) {
            send(exchange, 409, Map.of("detail", "the lease is another's"));
        } else {
            send(exchange, null);
        }
    }

    private void renew(HttpExchange exchange, byte[] body) throws IOException, InterruptedException {
        var told = Json.MAPPER.readValue(body, LeaseRenewal.class).leases();
        for (var renewal : told) {
            var run = renewal.run().toString();
            renewals.computeIfAbsent(run, key -> new CopyOnWriteArrayList<>()).add(renewal);
            phases.computeIfAbsent(run, key -> new CopyOnWriteArrayList<>()).add(renewal.phase());
            while (hanging.contains(run)) {
                Thread.sleep(20);
            }
        }
        send(exchange, new LeasesRenewed(ttl, of(told, lost), of(told, cancelled)));
    }

    /** What is lost or refused is heard alone. */
    private void tell(HttpExchange exchange, byte[] body) throws IOException {
        var taken = new ArrayList<RunId>();
        for (var of : Json.MAPPER.readValue(body, OutcomesTold.class).outcomes()) {
            var run = of.run().toString();
            if (!lost.contains(run) && refusal.apply(of.outcome()) == null) {
                outcomes.computeIfAbsent(run, key -> new LinkedBlockingQueue<>()).add(of.outcome());
                taken.add(of.run());
            }
        }
        send(exchange, new OutcomesTaken(taken));
    }

    private static List<RunId> of(List<LeaseRenewal.OfRun> told, Set<String> which) {
        return told.stream().map(LeaseRenewal.OfRun::run).filter(run -> which.contains(run.toString())).toList();
    }

    private void session(HttpExchange exchange, String session, String what, byte[] body) throws IOException {
        sessionWords.computeIfAbsent(session + " " + what, key -> new LinkedBlockingQueue<>()).add(Json.MAPPER.readTree(body));
        if (lost.contains(session)) {
            send(exchange, 409, Map.of("detail", "it has ended"));
        } else {
            send(exchange, what.equals("renew") ? new LeaseRenewed(TTL, unwanted.contains(session)) : null);
        }
    }

    private void build(HttpExchange exchange, String what, byte[] body) throws IOException {
        if (what.equals("progress")) {
            var progress = Json.MAPPER.readValue(body, BuildProgress.class);
            synchronized (buildLog) {
                for (int i = Math.max(0, buildLog.size() - progress.firstLine()); i < progress.lines().size(); i++) {
                    buildLog.add(progress.lines().get(i));
                }
            }
            send(exchange, new LeaseRenewed(TTL, false));
        } else {
            buildOutcomes.add(Json.MAPPER.readValue(body, BuildOutcome.class));
            send(exchange, null);
        }
    }

    private void resolve(HttpExchange exchange) throws IOException {
        resolved.add(exchange.getRequestURI().getQuery());
        var name = exchange.getRequestURI().getQuery().replaceAll(".*name=", "");
        var version = environments.get(name);
        if (version == null) {
            send(exchange, 404, Map.of("detail", "there is no environment '" + name + "' that was built"));
        } else {
            send(exchange, version);
        }
    }

    private void telemetry(HttpExchange exchange, String run, byte[] body) throws IOException {
        if (tracesDown) {
            send(exchange, 503, Map.of());
            return;
        }
        var list = spans.computeIfAbsent(run, key -> new CopyOnWriteArrayList<>());
        Json.MAPPER.readTree(body).path("telemetry").forEach(list::add);
        send(exchange, 200, Map.of());
    }

    private void chat(HttpExchange exchange, byte[] body) throws IOException {
        var from = exchange.getRequestHeaders();
        modelCalls.add(from.getFirst("Authorization") + " " + from.getFirst("Trace-Id"));
        parents.put(String.valueOf(from.getFirst("Trace-Id")), String.valueOf(from.getFirst("X-HUD-Parent-Trace-Id")));
        var said = model.apply(Json.MAPPER.readTree(body));
        if (said.startsWith("ERROR")) {
            send(exchange, 400, Map.of("error", Map.of("message", said)));
            return;
        }
        var message = Map.of("role", "assistant", "content", said);
        send(exchange, 200, Map.of(
                "id", "chat-1", "object", "chat.completion", "created", 1, "model", "played",
                "choices", List.of(Map.of("index", 0, "message", message, "finish_reason", "stop")),
                "usage", Map.of("prompt_tokens", 5, "completion_tokens", 1, "total_tokens", 6)));
    }

    private static void send(HttpExchange exchange, @Nullable Object body) throws IOException {
        send(exchange, body == null ? 204 : 200, body);
    }

    private static void send(HttpExchange exchange, int status, @Nullable Object body) throws IOException {
        if (body == null) {
            exchange.sendResponseHeaders(status, -1);
            return;
        }
        var bytes = Json.MAPPER.writeValueAsString(body).getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    List<String> stepsOf(String runHex) {
        List<String> steps = new ArrayList<>();
        for (var span : spans.getOrDefault(runHex, List.of())) {
            var payload = span.path("attributes").path("hud.payload");
            var phase = payload.path("task_call").path("phase").asString("");
            steps.add(payload.path("source").asString("") + (phase.isEmpty() ? "" : "/" + phase));
        }
        return steps;
    }

    @Override
    public void close() {
        server.stop(0);
    }

    /** The next such word of a session that holds what is wanted; what was said before it is passed over. */
    JsonNode told(SessionId session, String what, Predicate<JsonNode> wanted) throws InterruptedException {
        var words = sessionWords.computeIfAbsent(session + " " + what, key -> new LinkedBlockingQueue<>());
        while (true) {
            var word = words.poll(60, TimeUnit.SECONDS);
            assertThat(word).as("%s of %s", what, session).isNotNull();
            if (wanted.test(word)) {
                return word;
            }
        }
    }
}
