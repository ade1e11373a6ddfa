// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.e2b;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.assay.sdk.protocol.Json;
import dev.assay.sdk.runtimes.account.StandInBox;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import tools.jackson.databind.JsonNode;

/**
 * A stand-in for E2B made from its published specification: its HTTP API, and the daemon inside each sandbox in the Connect protocol with
 * messages as JSON. It knows one key, takes every image but those whose name has {@code missing} in it, and makes a template at once.
 */
final class StandInE2b implements AutoCloseable {

    static final String KEY = "e2b_0123456789abcdef";

    private final HttpServer server;
    private final Path folder;
    private final Map<String, String> templates = new ConcurrentHashMap<>();
    private final Map<String, Instant> used = new ConcurrentHashMap<>();
    private final Map<String, String> builds = new ConcurrentHashMap<>();
    private final Map<String, StandInBox> boxes = new ConcurrentHashMap<>();
    private final Map<String, StandInBox.Started> processes = new ConcurrentHashMap<>();
    private volatile int refusing;

    /** What was asked for, in its order. */
    final List<JsonNode> orders = new CopyOnWriteArrayList<>();

    StandInE2b(Path folder) throws IOException {
        this.folder = folder;
        server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::answer);
        server.start();
    }

    URI address() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    List<String> sandboxes() {
        return List.copyOf(boxes.keySet());
    }

    int templates() {
        return templates.size();
    }

    boolean hasTemplate(String name) {
        return templates.containsKey(name);
    }

    /** That somebody made, and nobody has used. */
    void template(String name) {
        builds.put("t" + UUID.randomUUID(), name);
        templates.put(name, "anything");
    }

    /** As if nobody had used any template for so long. */
    void rest(Duration time) {
        used.replaceAll((name, last) -> last.minus(time));
    }

    /** How it answers whoever wants a sandbox from now on; 0: with one. */
    void refuses(int status) {
        refusing = status;
    }

    /** As if its machine had failed. */
    void lose(String sandbox) {
        boxes.remove(sandbox).close();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            var path = exchange.getRequestURI().getPath();
            var body = exchange.getRequestBody().readAllBytes();
            if (path.startsWith("/process.Process/")) {
                daemon(exchange, path.substring(path.lastIndexOf('/') + 1), body);
            } else if (!KEY.equals(exchange.getRequestHeaders().getFirst("X-API-Key"))) {
                error(exchange, 401, "Invalid API key: " + exchange.getRequestHeaders().getFirst("X-API-Key"));
            } else {
                platform(exchange, exchange.getRequestMethod() + " " + path, Json.MAPPER.readTree(body.length == 0 ? "{}".getBytes() : body));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void platform(HttpExchange exchange, String request, JsonNode body) throws IOException, InterruptedException {
        var part = request.split("/");
        if (request.equals("POST /v2/sandboxes")) {
            create(exchange, body);
        } else if (request.equals("GET /v2/sandboxes")) {
            list(exchange);
        } else if (request.matches("(GET|DELETE) /sandboxes/[^/]+")) {
            var box = request.startsWith("GET") ? boxes.get(part[2]) : boxes.remove(part[2]);
            if (box == null) {
                error(exchange, 404, "sandbox \"" + part[2] + "\" doesn't exist");
            } else if (request.startsWith("GET")) {
                json(exchange, 200, listed(part[2], box));
            } else {
                box.close();
                exchange.sendResponseHeaders(204, -1);
            }
        } else if (request.equals("POST /v3/templates")) {
            var id = "t" + UUID.randomUUID();
            builds.put(id, body.path("name").asString());
            var named = Json.object().put("templateID", id).put("buildID", "b" + id).put("public", false);
            List.of("names", "tags", "aliases").forEach(named::putArray);
            json(exchange, 202, named);
        } else if (request.matches("POST /v2/templates/[^/]+/builds/[^/]+")) {
            templates.put(builds.get(part[3]), body.path("fromImage").asString());
            used.put(builds.get(part[3]), Instant.now());
            exchange.sendResponseHeaders(202, -1);
        } else if (request.equals("GET /templates")) {
            listTemplates(exchange);
        } else if (request.matches("DELETE /templates/[^/]+")) {
            templates.remove(builds.get(part[2]));
            exchange.sendResponseHeaders(204, -1);
        } else if (request.matches("GET /templates/[^/]+/builds/[^/]+/status")) {
            status(exchange, part[2], part[4]);
        } else {
            error(exchange, 404, "no such path: " + request);
        }
    }

    private void listTemplates(HttpExchange exchange) throws IOException {
        var all = Json.MAPPER.createArrayNode();
        builds.forEach((id, name) -> {
            if (templates.containsKey(name)) {
                var one = all.addObject().put("templateID", id).put("buildID", "b" + id).put("public", false);
                one.putArray("names").add("team/" + name);
                one.putArray("aliases").add(name);
                one.put("createdAt", "2020-01-01T00:00:00Z").put("updatedAt", "2020-01-01T00:00:00.123+00:00");
                one.put("lastSpawnedAt", used.containsKey(name) ? used.get(name).toString() : null);
            }
        });
        json(exchange, 200, all);
    }

    private void status(HttpExchange exchange, String template, String build) throws IOException {
        var name = builds.get(template);
        var state = Json.object().put("status", "ready").put("templateID", template).put("buildID", build);
        List.of("logs", "logEntries").forEach(state::putArray);
        if (templates.get(name).contains("missing")) {
            templates.remove(name);
            state.put("status", "error").putObject("reason").put("message", "failed to pull image: manifest unknown");
        }
        json(exchange, 200, state);
    }

    private void create(HttpExchange exchange, JsonNode order) throws IOException, InterruptedException {
        if (refusing != 0) {
            error(exchange, refusing, "you have reached the maximum number of concurrent sandboxes");
            return;
        }
        if (!templates.containsKey(order.path("templateID").asString())) {
            error(exchange, 404, "template not found");
            return;
        }
        orders.add(order);
        used.put(order.path("templateID").asString(), Instant.now());
        var id = "i" + UUID.randomUUID().toString().substring(0, 8);
        var metadata = new TreeMap<String, String>();
        order.path("metadata").propertyStream().forEach(entry -> metadata.put(entry.getKey(), entry.getValue().asString()));
        boxes.put(id, new StandInBox(Files.createDirectory(folder.resolve(id)), metadata));
        json(exchange, 201, Json.object()
                .put("sandboxID", id).put("templateID", "t").put("clientID", "c").put("envdVersion", "0.5.0").put("envdAccessToken", "token-of-" + id));
    }

    private void list(HttpExchange exchange) throws IOException {
        var wanted = query(URLDecoder.decode(
                query(exchange.getRequestURI().getRawQuery()).getOrDefault("metadata", ""), StandardCharsets.UTF_8));
        var all = Json.MAPPER.createArrayNode();
        boxes.forEach((id, box) -> {
            if (box.metadata().entrySet().containsAll(wanted.entrySet())) {
                all.add(listed(id, box));
            }
        });
        json(exchange, 200, all);
    }

    /** With all that the specification requires. */
    private static JsonNode listed(String id, StandInBox box) {
        var one = Json.object()
                .put("sandboxID", id).put("templateID", "t").put("clientID", "c").put("state", "running").put("envdVersion", "0.5.0")
                .put("startedAt", "2026-01-01T00:00:00Z").put("endAt", "2026-01-01T01:00:00Z")
                .put("cpuCount", 2).put("memoryMB", 2048).put("diskSizeMB", 10240);
        var metadata = one.putObject("metadata");
        box.metadata().forEach(metadata::put);
        return one;
    }

    private static Map<String, String> query(String text) {
        var query = new HashMap<String, String>();
        for (var part : text.split("&")) {
            int at = part.indexOf('=');
            if (at > 0) {
                query.put(URLDecoder.decode(part.substring(0, at), StandardCharsets.UTF_8), URLDecoder.decode(part.substring(at + 1), StandardCharsets.UTF_8));
            }
        }
        return query;
    }

    private void daemon(HttpExchange exchange, String method, byte[] body) throws IOException {
        var sandbox = exchange.getRequestHeaders().getFirst("E2b-Sandbox-Id");
        var box = boxes.get(sandbox);
        if (box == null) {
            error(exchange, 502, "The sandbox was not found");
        } else if (!("token-of-" + sandbox).equals(exchange.getRequestHeaders().getFirst("X-Access-Token"))) {
            error(exchange, 401, "unauthenticated");
        } else if (method.equals("Start")) {
            start(exchange, sandbox, box, Json.MAPPER.readTree(Arrays.copyOfRange(body, 5, body.length)));
        } else {
            tell(exchange, method, sandbox, Json.MAPPER.readTree(body));
        }
    }

    private void start(HttpExchange exchange, String sandbox, StandInBox box, JsonNode request) throws IOException {
        var asked = request.path("process");
        var arguments = asked.path("args").valueStream().map(JsonNode::asString).toList();
        var process = box.start(asked.path("cmd").asString(), arguments, asked.path("envs"), request.path("stdin").asBoolean(true));
        var key = sandbox + "/" + process.pid();
        processes.put(key, process);
        exchange.getResponseHeaders().set("Content-Type", "application/connect+json");
        exchange.sendResponseHeaders(200, 0);
        try (var out = exchange.getResponseBody()) {
            event(out, "start", Json.object().put("pid", process.pid()));
            for (var line = process.events().readLine(); line != null; line = process.events().readLine()) {
                var said = Json.MAPPER.readTree(line);
                if (said.has("exit")) {
                    int code = said.path("exit").asInt();
                    event(out, "end", Json.object().put("exitCode", Math.max(code, 0)).put("exited", code >= 0).put("status", "exit status " + code));
                    frame(out, 2, Json.object());
                } else {
                    event(out, "data", said);
                }
            }
        } finally {
            processes.remove(key);
            process.channel().close();
        }
    }

    private static void event(OutputStream out, String name, JsonNode content) throws IOException {
        var message = Json.object();
        message.putObject("event").set(name, content);
        frame(out, 0, message);
    }

    private static void frame(OutputStream out, int flags, JsonNode message) throws IOException {
        var json = message.toString().getBytes(StandardCharsets.UTF_8);
        out.write(ByteBuffer.allocate(json.length + 5).put((byte) flags).putInt(json.length).put(json).array());
        out.flush();
    }

    private void tell(HttpExchange exchange, String method, String sandbox, JsonNode request) throws IOException {
        var process = processes.get(sandbox + "/" + request.path("process").path("pid").asLong());
        if (process == null) {
            json(exchange, 404, Json.object().put("code", "not_found").put("message", "process not found"));
            return;
        }
        process.tell(switch (method) {
            case "SendInput" -> Json.object().put("stdin", request.path("input").path("stdin").asString());
            case "CloseStdin" -> Json.object().put("close", true);
            case "SendSignal" -> Json.object().put("kill", true);
            default -> throw new IllegalArgumentException(method);
        });
        json(exchange, 200, Json.object());
    }

    private static void error(HttpExchange exchange, int status, String message) throws IOException {
        json(exchange, status, Json.object().put("code", status).put("message", message));
    }

    private static void json(HttpExchange exchange, int status, JsonNode body) throws IOException {
        var bytes = body.toString().getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    @Override
    public void close() {
        boxes.values().forEach(StandInBox::close);
        server.stop(0);
    }
}
