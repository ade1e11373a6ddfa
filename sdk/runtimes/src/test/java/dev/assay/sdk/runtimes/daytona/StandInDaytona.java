// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.daytona;

import dev.assay.sdk.protocol.Json;
import dev.assay.sdk.runtimes.account.StandInBox;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A stand-in for Daytona made from its published specification: its HTTP API, the daemon inside each sandbox, and the ports of sandboxes that
 * it leads HTTP to. It knows one key, and builds every image but those whose name has {@code missing} in it, while somebody looks; those with
 * {@code slow} in it when it is told to. It deletes none that it is building or deleting, and lists each that it deletes once more as it was.
 */
final class StandInDaytona implements AutoCloseable {

    static final String KEY = "dtn_0123456789abcdef";

    private static final int PAGE = 2;

    private static final String JOIN = """
            import os, socket, threading
            peer = socket.create_connection(("127.0.0.1", %s))
            def send():
                while data := os.read(0, 65536): peer.sendall(data)
                peer.shutdown(socket.SHUT_WR)
            threading.Thread(target=send, daemon=True).start()
            while data := peer.recv(32768):
                while data: data = data[os.write(1, data):]
            """;

    /** One sandbox. */
    private static final class One {

        private final StandInBox box;
        private final String image;
        private volatile String state = "building_snapshot";
        private volatile boolean listed;
        private volatile boolean session;
        private final Map<String, Command> commands = new ConcurrentHashMap<>();

        One(StandInBox box, String image) {
            this.box = box;
            this.image = image;
        }

        boolean isEnding() {
            return state.equals("destroying");
        }
    }

    /** What was started in one, and what it has printed. */
    private static final class Command {

        private final ByteArrayOutputStream log = new ByteArrayOutputStream();
        private @Nullable Integer exit;

        synchronized void said(byte[] bytes) {
            log.writeBytes(bytes);
            notifyAll();
        }

        synchronized void ended(int code) {
            exit = code;
            notifyAll();
        }

        synchronized @Nullable Integer exit() {
            return exit;
        }

        /** What comes after so many bytes; empty: nothing will. */
        synchronized byte[] after(int read) throws InterruptedException {
            while (log.size() == read && exit == null) {
                wait();
            }
            var all = log.toByteArray();
            return Arrays.copyOfRange(all, read, Math.min(all.length, read + 10_000));
        }
    }

    private final ServerSocket server;
    private final Path folder;
    private final Map<String, One> sandboxes = new ConcurrentHashMap<>();
    private final List<Socket> following = new CopyOnWriteArrayList<>();
    private volatile int refusing;
    private volatile boolean slow = true;
    private volatile boolean keeping;
    private volatile int conflicts;
    private final AtomicInteger upset = new AtomicInteger();
    private final AtomicInteger away = new AtomicInteger();

    /** What was asked for, in its order. */
    final List<JsonNode> orders = new CopyOnWriteArrayList<>();

    StandInDaytona(Path folder) throws IOException {
        this.folder = folder;
        server = new ServerSocket(0, 100, InetAddress.getByName("127.0.0.1"));
        Thread.startVirtualThread(() -> {
            while (!server.isClosed()) {
                try {
                    var peer = server.accept();
                    Thread.startVirtualThread(() -> serve(peer));
                } catch (IOException e) {
                    // closed
                }
            }
        });
    }

    URI api() {
        return URI.create(address() + "/api");
    }

    private String address() {
        return "http://127.0.0.1:" + server.getLocalPort();
    }

    List<String> sandboxes() {
        return sandboxes.entrySet().stream().filter(entry -> !entry.getValue().isEnding()).map(Map.Entry::getKey).toList();
    }

    /** How often it was to delete one that it could not. */
    int conflicts() {
        return conflicts;
    }

    /** Whether the key may not delete. */
    void keeps(boolean all) {
        keeping = all;
    }

    /** So many times it is asked in vain what has become of a sandbox. */
    void upset(int times) {
        upset.set(times);
    }

    /** So many times its proxy finds no daemon in a sandbox. */
    void away(int times) {
        away.set(times);
    }

    private static boolean counts(AtomicInteger times) {
        return times.getAndUpdate(left -> Math.max(0, left - 1)) > 0;
    }

    /** What is slow, too. */
    void buildsAll(boolean all) {
        slow = !all;
    }

    /** How it answers whoever wants a sandbox from now on; 0: with one. */
    void refuses(int status) {
        refusing = status;
    }

    /** As if its machine had failed. */
    void lose(String sandbox) {
        sandboxes.remove(sandbox).box.close();
    }

    /** Of all that read output; they may come again. */
    void breakOff() throws IOException {
        for (var one : following) {
            one.close();
        }
        following.clear();
    }

    private record Request(String method, String path, Map<String, String> query, Map<String, String> headers, JsonNode body) {

        static Request read(Socket peer) throws IOException {
            var head = new ByteArrayOutputStream();
            while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
                int next = peer.getInputStream().read();
                if (next < 0) {
                    throw new IOException("no request");
                }
                head.write(next);
            }
            var lines = head.toString(StandardCharsets.ISO_8859_1).split("\r\n");
            var headers = new HashMap<String, String>();
            for (int i = 1; i < lines.length; i++) {
                headers.put(lines[i].substring(0, lines[i].indexOf(':')).toLowerCase(Locale.ROOT), lines[i].substring(lines[i].indexOf(':') + 1).strip());
            }
            var body = peer.getInputStream().readNBytes(Integer.parseInt(headers.getOrDefault("content-length", "0")));
            var uri = URI.create(lines[0].split(" ")[1]);
            var query = new HashMap<String, String>();
            for (var part : uri.getRawQuery() == null ? new String[0] : uri.getRawQuery().split("&")) {
                query.put(part.split("=")[0], URLDecoder.decode(part.split("=", 2)[1], StandardCharsets.UTF_8));
            }
            return new Request(
                    lines[0].split(" ")[0], uri.getPath(), query, headers, body.length == 0 ? Json.object() : Json.MAPPER.readTree(body));
        }
    }

    private void serve(Socket peer) {
        try (peer) {
            var request = Request.read(peer);
            var part = request.path().split("/");
            if (request.path().startsWith("/api/")) {
                if (!("Bearer " + KEY).equals(request.headers().get("authorization"))) {
                    error(peer, 401, "Invalid credentials: " + request.headers().get("authorization"));
                } else {
                    platform(peer, request, request.method() + " " + request.path().substring(4), part);
                }
                return;
            }
            var one = sandboxes.get(part[2]);
            if (one == null || one.isEnding()) {
                error(peer, 404, "Sandbox not found");
            } else if (!("token-of-" + part[2]).equals(request.headers().get("x-daytona-preview-token")) || request.headers().containsKey("authorization")) {
                error(peer, 401, "authentication failed");
            } else if (counts(away)) {
                error(peer, 400, "no IP address found. Is the Sandbox started?");
            } else if (part[1].equals("preview")) {
                lead(peer, request, one.box, part[3]);
            } else {
                daemon(peer, request, one, request.method() + " " + request.path().replaceFirst("^/toolbox/[^/]+", ""), part);
            }
        } catch (IOException e) {
            // it hung up
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void platform(Socket peer, Request request, String asked, String[] part) throws IOException, InterruptedException {
        if (asked.equals("POST /sandbox")) {
            create(peer, request.body());
        } else if (asked.equals("GET /sandbox")) {
            list(peer, request.query());
        } else if (!sandboxes.containsKey(part[3])) {
            error(peer, 404, "Sandbox with ID or name " + part[3] + " not found");
        } else if (asked.matches("GET /sandbox/[^/]+") && counts(upset)) {
            error(peer, 502, "Bad Gateway");
        } else if (asked.matches("GET /sandbox/[^/]+")) {
            var one = sandboxes.get(part[3]);
            if (one.state.equals("building_snapshot") && !(slow && one.image.contains("slow"))) {
                one.state = one.image.contains("missing") ? "build_failed" : "started";
            }
            json(peer, 200, told(part[3], one));
        } else if (asked.matches("DELETE /sandbox/[^/]+")) {
            delete(peer, part[3], sandboxes.get(part[3]));
        } else if (asked.matches("GET /sandbox/[^/]+/ports/[0-9]+/preview-url")) {
            json(peer, 200, Json.object()
                    .put("sandboxId", part[3]).put("url", address() + "/preview/" + part[3] + "/" + part[5]).put("token", "token-of-" + part[3]));
        } else {
            error(peer, 404, "no such path: " + asked);
        }
    }

    private void delete(Socket peer, String id, One one) throws IOException {
        if (keeping) {
            error(peer, 403, "Access denied");
            return;
        }
        if (one.isEnding() || one.state.equals("building_snapshot")) {
            conflicts++;
            error(peer, 409, "Sandbox state change in progress");
            return;
        }
        one.box.close();
        one.state = "destroying";
        json(peer, 200, told(id, one));
    }

    private void create(Socket peer, JsonNode order) throws IOException, InterruptedException {
        if (refusing != 0) {
            error(peer, refusing, "Total CPU limit exceeded. Maximum allowed: 10.");
            return;
        }
        orders.add(order);
        var id = UUID.randomUUID().toString();
        var labels = new HashMap<String, String>();
        order.path("labels").propertyStream().forEach(entry -> labels.put(entry.getKey(), entry.getValue().asString()));
        var one = new One(
                new StandInBox(Files.createDirectory(folder.resolve(id)), labels), order.at("/buildInfo/dockerfileContent").asString());
        sandboxes.put(id, one);
        json(peer, 200, told(id, one));
    }

    private ObjectNode told(String id, One one) {
        var told = Json.object()
                .put("id", id).put("organizationId", "o").put("name", id).put("user", "daytona").put("public", false).put("target", "us")
                .put("state", one.state).put("toolboxProxyUrl", address() + "/toolbox");
        if (one.state.equals("build_failed")) {
            told.put("errorReason", "failed to pull image: manifest unknown");
        }
        var labels = told.putObject("labels");
        one.box.metadata().forEach(labels::put);
        return told;
    }

    private void list(Socket peer, Map<String, String> query) throws IOException {
        var wanted = new HashMap<String, String>();
        Json.MAPPER.readTree(query.get("labels")).propertyStream().forEach(entry -> wanted.put(entry.getKey(), entry.getValue().asString()));
        int from = Integer.parseInt(query.getOrDefault("cursor", "0"));
        if (from == 0) {
            sandboxes.values().removeIf(one -> one.listed);
        }
        var found = sandboxes.entrySet().stream()
                .filter(entry -> entry.getValue().box.metadata().entrySet().containsAll(wanted.entrySet()))
                .sorted(Map.Entry.comparingByKey())
                .toList();
        var answer = Json.object();
        var items = answer.putArray("items");
        found.stream().skip(from).limit(PAGE).forEach(entry -> {
            var told = told(entry.getKey(), entry.getValue());
            entry.getValue().listed = entry.getValue().isEnding();
            items.add(entry.getValue().listed ? told.put("state", "started") : told);
        });
        answer.put("nextCursor", from + PAGE < found.size() ? Integer.toString(from + PAGE) : null);
        json(peer, 200, answer);
    }

    private void daemon(Socket peer, Request request, One one, String asked, String[] part) throws IOException, InterruptedException {
        if (asked.equals("POST /process/session")) {
            if (one.session) {
                error(peer, 409, "session already exists");
            } else {
                one.session = true;
                json(peer, 201, Json.object());
            }
        } else if (asked.equals("POST /process/session/assay/exec")) {
            json(peer, 202, Json.object().put("cmdId", start(one, request.body().path("command").asString())));
        } else if (part.length < 8 || !one.commands.containsKey(part[7])) {
            error(peer, 404, "command not found");
        } else if (asked.matches("GET /process/session/assay/command/[^/]+")) {
            var told = Json.object().put("id", part[7]).put("command", "…");
            var exit = one.commands.get(part[7]).exit();
            json(peer, 200, exit == null ? told : told.put("exitCode", exit));
        } else if (asked.matches("GET /process/session/assay/command/[^/]+/logs") && "true".equals(request.query().get("follow"))) {
            follow(peer, request, one.commands.get(part[7]));
        } else {
            error(peer, 404, "no such path: " + asked);
        }
    }

    private static String start(One one, String command) throws IOException {
        var process = one.box.start("/bin/sh", List.of("-c", command), Json.object(), false);
        var id = UUID.randomUUID().toString();
        var running = new Command();
        one.commands.put(id, running);
        Thread.startVirtualThread(() -> {
            try {
                for (var line = process.events().readLine(); line != null; line = process.events().readLine()) {
                    var said = Json.MAPPER.readTree(line);
                    if (said.has("exit")) {
                        running.ended(said.path("exit").asInt());
                    } else {
                        running.said(Base64.getDecoder().decode(said.path("stdout").asString(said.path("stderr").asString(""))));
                    }
                }
            } catch (IOException e) {
                // the sandbox is gone
            }
        });
        return id;
    }

    private void lead(Socket peer, Request request, StandInBox box, String port) throws IOException {
        var process = box.start("python3", List.of("-c", JOIN.formatted(port)), Json.object(), true);
        var head = new StringBuilder("GET / HTTP/1.1\r\n");
        request.headers().forEach((name, value) -> {
            if (!name.equals("x-daytona-preview-token")) {
                head.append(name).append(": ").append(value).append("\r\n");
            }
        });
        tell(process, head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
        Thread.startVirtualThread(() -> {
            try {
                var piece = new byte[32 * 1024];
                for (int read = peer.getInputStream().read(piece); read > 0; read = peer.getInputStream().read(piece)) {
                    tell(process, Arrays.copyOf(piece, read));
                }
                process.tell(Json.object().put("close", true));
            } catch (IOException e) {
                // it hung up
            }
        });
        boolean answered = false;
        for (var line = process.events().readLine(); line != null; line = process.events().readLine()) {
            var said = Json.MAPPER.readTree(line);
            if (said.has("stdout")) {
                peer.getOutputStream().write(Base64.getDecoder().decode(said.path("stdout").asString()));
                answered = true;
            } else if (said.has("exit") && !answered) {
                error(peer, 502, "Bad Gateway");
            }
        }
        process.channel().close();
    }

    private static void tell(StandInBox.Started process, byte[] bytes) throws IOException {
        process.tell(Json.object().put("stdin", Base64.getEncoder().encodeToString(bytes)));
    }

    /** From its beginning on, in pieces, then a close frame. */
    private void follow(Socket peer, Request request, Command command) throws IOException, InterruptedException {
        try {
            var sign = MessageDigest.getInstance("SHA-1")
                    .digest((request.headers().get("sec-websocket-key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").getBytes(StandardCharsets.US_ASCII));
            peer.getOutputStream().write(("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
                    + Base64.getEncoder().encodeToString(sign) + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
        following.add(peer);
        Thread.startVirtualThread(() -> answerPings(peer));
        int read = 0;
        for (var piece = command.after(read); piece.length > 0; piece = command.after(read)) {
            read += piece.length;
            var frame = ByteBuffer.allocate(4 + piece.length).put((byte) 0x82);
            frame = piece.length < 126 ? frame.put((byte) piece.length) : frame.put((byte) 126).putShort((short) piece.length);
            send(peer, Arrays.copyOf(frame.put(piece).array(), frame.position()));
        }
        send(peer, new byte[] {(byte) 0x88, 2, 3, (byte) 0xe8});
        following.remove(peer);
    }

    /** Nothing else comes from whoever reads output: each is a head of two bytes and a mask. */
    private static void answerPings(Socket peer) {
        try {
            while (peer.getInputStream().readNBytes(6).length == 6) {
                send(peer, new byte[] {(byte) 0x8a, 0});
            }
        } catch (IOException e) {
            // it hung up
        }
    }

    private static void send(Socket peer, byte[] frame) throws IOException {
        synchronized (peer) {
            peer.getOutputStream().write(frame);
        }
    }

    private static void error(Socket peer, int status, String message) throws IOException {
        json(peer, status, Json.object().put("statusCode", status).put("error", "no").put("message", message));
    }

    private static void json(Socket peer, int status, JsonNode body) throws IOException {
        var bytes = body.toString().getBytes(StandardCharsets.UTF_8);
        peer.getOutputStream().write(("HTTP/1.1 " + status + " -\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: "
                + bytes.length + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
        peer.getOutputStream().write(bytes);
    }

    @Override
    public void close() throws IOException {
        sandboxes.values().forEach(one -> one.box.close());
        server.close();
    }
}
