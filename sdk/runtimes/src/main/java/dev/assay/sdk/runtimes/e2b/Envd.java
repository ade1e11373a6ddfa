// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.e2b;

import dev.assay.sdk.protocol.Json;
import dev.assay.sdk.runtimes.account.Exchanges;
import dev.assay.sdk.runtimes.account.ProviderException;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The daemon inside one sandbox: it starts processes, and carries their input and output. Spoken to in the Connect protocol with messages as
 * JSON, of which these are the ones used. What runs in there may put itself in the daemon's place: no answer is taken that is larger than the
 * daemon's own, and none is waited for without end.
 */
final class Envd {

    /** A daemon with nothing to say sends signs of life three times as often. */
    static final Duration SILENCE = Duration.ofSeconds(60);

    private static final String PATH = "/process.Process/";
    private static final int LARGEST_ANSWER = 64 << 10;

    /** The daemon reads 32 KiB at a time. As a tree a message may take 25 times as much. */
    private static final int LARGEST_EVENT = 256 << 10;

    private static final int LONGEST_REASON = 500;
    private static final int LAST = 2;

    /** Its sandbox is a machine of its own: nothing in it needs guarding from what runs in it. */
    private static final String USER = "Basic " + Base64.getEncoder().encodeToString("root:".getBytes(StandardCharsets.UTF_8));

    private final Exchanges exchanges;
    private final String base;
    private final E2bApi.Made sandbox;
    private final Duration silence;

    /** @param silence after which a stream counts as broken off */
    Envd(Exchanges exchanges, String address, E2bApi.Made sandbox, Duration silence) {
        this.exchanges = exchanges;
        this.base = address.replace("{id}", sandbox.id()).replaceAll("/+$", "");
        this.sandbox = sandbox;
        this.silence = silence;
    }

    /** A process of which one thing after the other is heard; closing this ends only the hearing. */
    final class Events implements AutoCloseable {

        private final InputStream raw;
        private final DataInputStream in;

        private Events(InputStream raw) {
            this.raw = raw;
            this.in = new DataInputStream(raw);
        }

        /**
         * Waits for it.
         *
         * @return an event by its one member: {@code start}, {@code data}, {@code end} or {@code keepalive}; empty: there is no more
         * @throws ProviderException if it ends with an error of the daemon's
         * @throws IOException if the connection breaks off, or is silent for too long
         */
        Optional<JsonNode> next() throws IOException {
            var silent = new CompletableFuture<Void>().completeOnTimeout(null, silence.toMillis(), TimeUnit.MILLISECONDS);
            silent.thenRunAsync(this::close, Thread::startVirtualThread);
            int flags;
            JsonNode message;
            try {
                flags = in.readUnsignedByte();
                message = message();
            } catch (IOException e) {
                throw silent.isDone() ? new IOException("nothing was heard for " + silence.toSeconds() + "s") : e;
            } finally {
                silent.cancel(false);
            }
            if ((flags & LAST) == 0) {
                return Optional.of(message.path("event"));
            }
            var error = message.path("error");
            if (error.isObject()) {
                throw failed(error.path("code").asString(""), error.path("message").asString(""));
            }
            return Optional.empty();
        }

        private JsonNode message() throws IOException {
            int length = in.readInt();
            if (length < 0 || length > LARGEST_EVENT) {
                throw new IOException("a message of " + length + " bytes");
            }
            var bytes = in.readNBytes(length);
            if (bytes.length < length) {
                throw new EOFException("the connection ended");
            }
            try {
                return Json.MAPPER.readTree(bytes);
            } catch (JacksonException e) {
                throw new IOException("a message that is no JSON");
            }
        }

        @Override
        public void close() {
            Exchanges.close(raw);
        }
    }

    /**
     * What a process said.
     *
     * @param output {@code stdout} or {@code stderr}
     */
    static byte[] said(JsonNode event, String output) throws IOException {
        try {
            return Base64.getDecoder().decode(event.path("data").path(output).asString(""));
        } catch (IllegalArgumentException e) {
            throw new IOException("output that cannot be read");
        }
    }

    Events start(List<String> command, Map<String, String> variables, boolean input) throws IOException, InterruptedException {
        var start = Json.object();
        var process = start.putObject("process").put("cmd", command.getFirst());
        command.subList(1, command.size()).forEach(process.putArray("args")::add);
        var envs = process.putObject("envs");
        variables.forEach(envs::put);
        start.put("stdin", input);
        return stream("Start", start);
    }

    /** Hears on of a process that was started before; what it said meanwhile is lost. */
    Events connect(long pid) throws IOException, InterruptedException {
        return stream("Connect", of(pid));
    }

    void send(long pid, ByteBuffer bytes) throws IOException, InterruptedException {
        var request = of(pid);
        var exact = new byte[bytes.remaining()];
        bytes.get(exact);
        request.putObject("input").put("stdin", Base64.getEncoder().encodeToString(exact));
        call("SendInput", request);
    }

    /** A daemon that does not know of this yet leaves it open. */
    void closeInput(long pid) throws IOException, InterruptedException {
        try {
            call("CloseStdin", of(pid));
        } catch (ProviderException e) {
            if (!e.isNotFound()) {
                throw e;
            }
        }
    }

    void kill(long pid) throws IOException, InterruptedException {
        call("SendSignal", of(pid).put("signal", "SIGNAL_SIGKILL"));
    }

    private static ObjectNode of(long pid) {
        var request = Json.object();
        request.putObject("process").put("pid", pid);
        return request;
    }

    /** No limit on how long it lasts; a daemon with nothing to say sends signs of life this often. */
    private Events stream(String method, JsonNode message) throws IOException, InterruptedException {
        var json = message.toString().getBytes(StandardCharsets.UTF_8);
        var envelope = ByteBuffer.allocate(json.length + 5).put((byte) 0).putInt(json.length).put(json).array();
        var request = request(method, "application/connect+json")
                .header("Keepalive-Ping-Interval", "20")
                .POST(BodyPublishers.ofByteArray(envelope))
                .build();
        var response = exchanges.open(request);
        if (response.statusCode() != 200) {
            throw refused(response.statusCode(), response.body().refusal());
        }
        return new Events(response.body().stream());
    }

    private void call(String method, JsonNode message) throws IOException, InterruptedException {
        var request = request(method, "application/json").POST(BodyPublishers.ofString(message.toString())).build();
        var response = exchanges.send(request, LARGEST_ANSWER);
        if (response.statusCode() != 200) {
            throw refused(response.statusCode(), response.body());
        }
    }

    private HttpRequest.Builder request(String method, String type) {
        var request = HttpRequest.newBuilder(URI.create(base + PATH + method))
                .header("Content-Type", type)
                .header("Connect-Protocol-Version", "1")
                .header("Authorization", USER)
                .header("E2b-Sandbox-Id", sandbox.id())
                .header("E2b-Sandbox-Port", "49983");
        header(request, "X-Access-Token", sandbox.accessToken());
        header(request, "E2b-Traffic-Access-Token", sandbox.trafficToken());
        return request;
    }

    private static void header(HttpRequest.Builder request, String name, @Nullable String value) {
        if (value != null) {
            request.header(name, value);
        }
    }

    private static ProviderException refused(int status, String body) {
        String code = "";
        var message = body;
        try {
            var error = Json.MAPPER.readTree(body);
            code = error.path("code").asString("");
            message = error.path("message").asString(body);
        } catch (JacksonException e) {
            // in words, then
        }
        var said = failed(code, message).getMessage();
        return new ProviderException(code.equals("not_found") ? 404 : status, said);
    }

    private static ProviderException failed(String code, String message) {
        int status = switch (code) {
            case "not_found" -> 404;
            case "invalid_argument", "failed_precondition" -> 400;
            default -> 500;
        };
        var said = message.substring(0, Math.min(message.length(), LONGEST_REASON));
        return new ProviderException(status, "E2B's daemon says " + (code.isEmpty() ? "" : code + ": ") + said);
    }
}
