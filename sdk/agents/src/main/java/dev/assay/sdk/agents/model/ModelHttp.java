// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.model;

import dev.assay.sdk.agents.Interruptible;
import dev.assay.sdk.agents.ModelEndpoint;
import dev.assay.sdk.protocol.Json;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.net.http.HttpResponse.ResponseInfo;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectWriter;

/**
 * The calls of one run to its model's server: what is sent is what the dialect wrote, and what comes back is read as it came. What fails
 * for a while is tried again as {@link Wire} says.
 */
public final class ModelHttp {

    /** As the providers' libraries have them. */
    private static final Duration PATIENCE = Duration.ofSeconds(600);
    private static final Duration CONNECTING = Duration.ofSeconds(5);

    /** Of one answer, in bytes: no model says so much. */
    private static final long MOST = 64L << 20;

    private static final byte[] REPLACEMENT = {(byte) 0xef, (byte) 0xbf, (byte) 0xbd};
    private static final ObjectWriter WRITER = Json.MAPPER.writer().without(JsonWriteFeature.ESCAPE_NON_ASCII);

    /** Holds connections only, so that all runs can share them. */
    private static final HttpClient CLIENT = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECTING)
            .executor(Executors.newVirtualThreadPerTaskExecutor())
            .build();

    private final ModelEndpoint endpoint;
    private final Wire wire;
    private final Sleeper sleeper;
    private final Duration silence;
    private volatile boolean answered;

    /** Waits between tries. */
    interface Sleeper {

        void sleep(Duration pause) throws InterruptedException;
    }

    /** Reads a streamed answer to its end, and is interrupted if nobody waits for it any more. */
    @FunctionalInterface
    public interface StreamReader<T> {

        T read(EventStream stream) throws Exception;
    }

    public ModelHttp(ModelEndpoint endpoint, Wire wire) {
        this(endpoint, wire, Thread::sleep, PATIENCE);
    }

    /** @param silence the longest between two reads of a streamed answer; one that says nothing for longer has broken off */
    ModelHttp(ModelEndpoint endpoint, Wire wire, Sleeper sleeper, Duration silence) {
        this.endpoint = endpoint;
        this.wire = wire;
        this.sleeper = sleeper;
        this.silence = silence;
    }

    /**
     * One request and its whole answer.
     *
     * @throws ModelStatusException if the server refused, and not only for a while
     * @throws IOException with a message for people, if there was no answer, or one that is no JSON
     */
    public JsonNode post(ModelCall call) throws Exception {
        var body = send(call, BodyHandlers.limiting(BodyHandlers.ofByteArray(), MOST), bytes -> bytes).body();
        try {
            var answer = Json.MAPPER.readTree(body);
            answered = true;
            return answer;
        } catch (JacksonException e) {
            throw new IOException("the model's answer is no JSON", e);
        }
    }

    /**
     * One request whose answer comes event by event. Only a stream that has not begun is asked for again.
     *
     * @throws ModelStatusException if the server refused, and not only for a while
     * @throws IOException with a message for people, if there was no answer, or what the reader throws
     */
    public <T> T stream(ModelCall call, StreamReader<T> reader) throws Exception {
        var response = send(call, BodyHandlers.limiting(this::impatiently, MOST), InputStream::readAllBytes);
        var answer = Interruptible.call(() -> {
            try (var stream = EventStream.of(response.headers(), response.body())) {
                return reader.read(stream);
            }
        });
        answered = true;
        return answer;
    }

    private BodySubscriber<InputStream> impatiently(ResponseInfo response) {
        return BodySubscribers.mapping(BodySubscribers.ofInputStream(), body -> new ImpatientStream(body, silence));
    }

    /** Waits as between tries, for a dialect that asks again for a stream that broke off. */
    public void pause(Duration time) throws InterruptedException {
        sleeper.sleep(time);
    }

    /**
     * Whether not one whole answer has come. Nobody can tell a model that is only slow from one whose provider hangs: the two are one
     * here.
     */
    public boolean toldNothing() {
        return !answered;
    }

    private interface Refusal<T> {

        byte[] read(T body) throws IOException;
    }

    private <T> HttpResponse<T> send(ModelCall call, BodyHandler<T> handler, Refusal<T> refusal) throws Exception {
        var request = request(call);
        for (var tries = 1; ; tries++) {
            try {
                var response = Interruptible.call(
                        () -> CLIENT.send(request, handler), Objects.requireNonNullElse(call.timeout(), PATIENCE), Duration.ZERO);
                if (response.statusCode() / 100 == 2) {
                    return response;
                }
                var body = read(refusal.read(response.body()));
                var pause = pause(tries, response.statusCode(), response.headers());
                if (pause.isEmpty()) {
                    throw new ModelStatusException(wire.text(response.statusCode(), body), response.statusCode(), body);
                }
                sleeper.sleep(pause.get());
            } catch (ModelStatusException e) {
                throw e;
            } catch (IOException | TimeoutException e) {
                var pause = pause(tries, null, null);
                if (pause.isEmpty()) {
                    throw new IOException(e instanceof TimeoutException ? "Request timed out." : "Connection error: " + reason(e), e);
                }
                sleeper.sleep(pause.get());
            }
        }
    }

    private Optional<Duration> pause(int tries, @Nullable Integer status, @Nullable HttpHeaders headers) {
        return wire.pause(tries, status, headers, ThreadLocalRandom.current().nextDouble());
    }

    private HttpRequest request(ModelCall call) throws IOException {
        try {
            var request = HttpRequest.newBuilder(URI.create(endpoint.baseUrl() + call.path()))
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofByteArray(bytes(call.body())));
            call.headers().forEach((name, value) -> set(request, name, value));
            endpoint.headers().forEach((name, value) -> set(request, name, value));
            return request.setHeader(wire.keyHeader(), wire.key(endpoint.apiKey())).build();
        } catch (IllegalArgumentException e) {
            throw new IOException("the model cannot be asked as the agent's config wants it: " + e.getMessage(), e);
        }
    }

    private static void set(HttpRequest.Builder request, String name, String value) {
        try {
            request.setHeader(name, value);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("header " + name + ": " + e.getMessage(), e);
        }
    }

    /** Half of a character, which a task's arguments may hold, has no bytes of its own. */
    private static byte[] bytes(JsonNode body) {
        try {
            var encoder = StandardCharsets.UTF_8.newEncoder().onMalformedInput(CodingErrorAction.REPLACE).replaceWith(REPLACEMENT);
            var encoded = encoder.encode(CharBuffer.wrap(WRITER.writeValueAsString(body)));
            var bytes = new byte[encoded.remaining()];
            encoded.get(bytes);
            return bytes;
        } catch (CharacterCodingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static JsonNode read(byte[] answer) {
        try {
            var read = Json.MAPPER.readTree(answer);
            return read.isMissingNode() ? Json.tree("") : read;
        } catch (JacksonException e) {
            return Json.tree(new String(answer, StandardCharsets.UTF_8).strip());
        }
    }

    private static String reason(Throwable failure) {
        return Optional.ofNullable(failure.getMessage()).orElse(failure.getClass().getSimpleName());
    }
}
