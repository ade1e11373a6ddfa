// SPDX-License-Identifier: Apache-2.0

package dev.assay.trainer.tinker;

import dev.assay.trainer.engine.RefusedException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Asks the service. Most of what is asked is answered with a number, by which one asks again until it is done. A request that was lost is
 * sent again, with the sequence number that it had: the service does it once.
 */
final class TinkerWire {

    static final JsonMapper JSON = JsonMapper.shared();

    private static final Duration CONNECT = Duration.ofSeconds(10);
    /** The service answers at least so often that it has not done yet. */
    private static final Duration EACH = Duration.ofSeconds(60);
    private static final Duration SHORTEST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
    /** The service waits itself before it says that it has not done yet; one that does not is not asked all the time. */
    private static final Duration FIRST_LOOK = Duration.ofMillis(10);
    private static final int LONGEST_DETAIL = 500;
    private static final String PROTO = "application/x-protobuf";

    private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(CONNECT).build();
    private final String url;
    private final String key;
    private final Duration patience;

    /** @param patience with one thing that is to be done */
    TinkerWire(String url, String key, Duration patience) {
        this.url = url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
        this.key = key;
        this.patience = patience;
    }

    static ObjectNode request(String type) {
        return JSON.createObjectNode().put("type", type);
    }

    /** What is answered at once. */
    JsonNode ask(String verb, ObjectNode body) throws IOException {
        return json(insist(post(verb, body), until()));
    }

    JsonNode read(String verb) throws IOException {
        return json(insist(HttpRequest.newBuilder(address(verb)).GET(), until()));
    }

    /** Says that a session is still wanted. Once: it is said again soon. */
    void beat(String session) throws IOException {
        send(post("session_heartbeat", request("session_heartbeat").put("session_id", session)));
    }

    /** What has been done, told in JSON. */
    JsonNode done(String verb, ObjectNode body) throws IOException {
        var until = until();
        return json(awaited(json(insist(post(verb, body), until)), false, until));
    }

    /** The same, told in Protocol Buffers. */
    byte[] doneInProto(String verb, ObjectNode body) throws IOException {
        var until = until();
        return proto(awaited(json(insist(post(verb, body), until)), true, until));
    }

    /** The same, also asked for in Protocol Buffers. */
    byte[] doneInProto(String verb, byte[] body) throws IOException {
        var until = until();
        var request = HttpRequest.newBuilder(address(verb)).header("Content-Type", PROTO).POST(BodyPublishers.ofByteArray(body));
        return proto(awaited(json(insist(request, until)), true, until));
    }

    private HttpResponse<byte[]> awaited(JsonNode promise, boolean inProto, long until) throws IOException {
        var request = post("retrieve_future", JSON.createObjectNode()
                .put("request_id", promise.path("request_id").asString("")).put("allow_metadata_only", false));
        if (inProto) {
            request.header("Accept", PROTO);
        }
        var pause = FIRST_LOOK;
        while (true) {
            var answer = insist(request, until);
            if (isProto(answer)) {
                return answer;
            }
            var told = json(answer);
            if (told.path("type").asString("").equals("try_again")) {
                pause(pause, until);
                pause = longer(pause);
            } else if (told.has("error")) {
                throw failure(told);
            } else {
                return answer;
            }
        }
    }

    private static RuntimeException refusal(String detail) {
        return RefusedException.unfit("The service that has this model refuses it: " + detail);
    }

    private static IOException failure(JsonNode told) {
        var detail = cut(told.path("error").asString(""));
        if (told.path("category").asString("").equals("user")) {
            throw refusal(detail);
        }
        return new IOException("the service that has this model has failed: " + detail);
    }

    /** Sends it until it is taken: connections break, and services are restarted or full. */
    private HttpResponse<byte[]> insist(HttpRequest.Builder request, long until) throws IOException {
        var pause = SHORTEST_PAUSE;
        while (true) {
            HttpResponse<byte[]> answer;
            try {
                answer = send(request);
                if (answer.statusCode() < 300) {
                    return answer;
                }
                if (!mayPass(answer.statusCode()) || System.nanoTime() > until) {
                    throw refused(answer);
                }
            } catch (LostException e) {
                if (System.nanoTime() > until) {
                    throw e;
                }
            }
            pause(pause, until);
            pause = longer(pause);
        }
    }

    private static Duration longer(Duration pause) {
        var twice = pause.multipliedBy(2);
        return twice.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : twice;
    }

    private static boolean mayPass(int status) {
        return status == 408 || status == 429 || status >= 500;
    }

    private static IOException refused(HttpResponse<byte[]> answer) {
        var status = answer.statusCode();
        if (status == 401 || status == 403) {
            return new IOException("the service refuses this trainer's key (assay.trainer.tinker.key): " + status);
        }
        if (status == 400 || status == 413 || status == 422) {
            throw refusal(detail(answer));
        }
        return new IOException("the service that has this model answers " + status + ": " + detail(answer));
    }

    private HttpResponse<byte[]> send(HttpRequest.Builder request) throws IOException {
        try {
            return http.send(request.copy().timeout(EACH).header("X-API-Key", key).build(), BodyHandlers.ofByteArray());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("was interrupted", e);
        } catch (IOException e) {
            throw new LostException(e);
        }
    }

    /** The service cannot be reached, or went away. */
    private static final class LostException extends IOException {
        LostException(IOException cause) {
            super("the service that has this model cannot be reached: " + cause.getClass().getSimpleName(), cause);
        }
    }

    private HttpRequest.Builder post(String verb, ObjectNode body) {
        return HttpRequest.newBuilder(address(verb))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body)));
    }

    private URI address(String verb) {
        return URI.create(url + "/api/v1/" + verb);
    }

    private static boolean isProto(HttpResponse<byte[]> answer) {
        return answer.headers().firstValue("Content-Type").filter(type -> type.startsWith(PROTO)).isPresent();
    }

    private static byte[] proto(HttpResponse<byte[]> answer) throws IOException {
        if (!isProto(answer)) {
            throw new IOException("the service answers in JSON where tinker 0.38 expects Protocol Buffers");
        }
        return answer.body();
    }

    private static JsonNode json(HttpResponse<byte[]> answer) throws IOException {
        try {
            return JSON.readTree(answer.body());
        } catch (JacksonException e) {
            throw new IOException("the service's answer is no JSON", e);
        }
    }

    private static String detail(HttpResponse<byte[]> answer) {
        var text = new String(answer.body(), StandardCharsets.UTF_8);
        try {
            var told = JSON.readTree(text);
            return cut(told.path("detail").isString() ? told.path("detail").stringValue() : told.path("error").asString(text));
        } catch (JacksonException e) {
            return cut(text);
        }
    }

    private static String cut(@Nullable String text) {
        return text == null ? "" : text.length() > LONGEST_DETAIL ? text.substring(0, LONGEST_DETAIL) + "…" : text;
    }

    private long until() {
        return System.nanoTime() + patience.toNanos();
    }

    private static void pause(Duration time, long until) throws IOException {
        if (System.nanoTime() > until) {
            throw new IOException("the service that has this model has not done it in time (assay.trainer.tinker.patience)");
        }
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("was interrupted", e);
        }
    }
}
