// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.e2b;

import dev.assay.sdk.protocol.Json;
import dev.assay.sdk.runtimes.Credential;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** E2B's published HTTP API, asked with one team's key. */
final class E2bApi {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int MOST_PAGES = 50;
    private static final int LONGEST_REASON = 500;

    private final HttpClient http;
    private final URI base;
    private final Credential credential;

    E2bApi(HttpClient http, URI base, Credential credential) {
        this.http = http;
        this.base = base;
        this.credential = credential;
    }

    /** One sandbox as it is listed. */
    record Listed(String id, Map<String, String> metadata) {}

    /** A sandbox that was made, and what its daemon asks for. */
    record Made(String id, @Nullable String accessToken, @Nullable String trafficToken) {}

    /** A template that is being made. */
    record Build(String template, String build) {}

    Made create(JsonNode sandbox) throws IOException, InterruptedException {
        var made = body(send("POST", "/v2/sandboxes", sandbox));
        return new Made(
                made.path("sandboxID").asString(""), made.path("envdAccessToken").asString(null), made.path("trafficAccessToken").asString(null));
    }

    /** Whether it is there. */
    boolean isThere(String sandbox) throws IOException, InterruptedException {
        try {
            send("GET", "/sandboxes/" + encoded(sandbox), null);
            return true;
        } catch (E2bException e) {
            if (e.isNotFound()) {
                return false;
            }
            throw e;
        }
    }

    /** What is gone already is well. */
    void kill(String sandbox) throws IOException, InterruptedException {
        try {
            send("DELETE", "/sandboxes/" + encoded(sandbox), null);
        } catch (E2bException e) {
            if (!e.isNotFound()) {
                throw e;
            }
        }
    }

    /** All that carry this. As E2B reads it, names and values are encoded twice before the whole is. */
    List<Listed> list(Map<String, String> metadata) throws IOException, InterruptedException {
        var filter = encoded(metadata.entrySet().stream()
                .map(entry -> encoded(encoded(entry.getKey())) + "=" + encoded(encoded(entry.getValue())))
                .collect(Collectors.joining("&")));
        var all = new ArrayList<Listed>();
        var next = "";
        for (int page = 0; page < MOST_PAGES && next != null; page++) {
            var path = "/v2/sandboxes?state=running,paused&limit=100&metadata=" + filter + (next.isEmpty() ? "" : "&nextToken=" + encoded(next));
            var answer = send("GET", path, null);
            for (var one : body(answer)) {
                var told = new HashMap<String, String>();
                one.path("metadata").propertyStream().forEach(entry -> told.put(entry.getKey(), entry.getValue().asString("")));
                all.add(new Listed(one.path("sandboxID").asString(""), told));
            }
            next = answer.headers().firstValue("x-next-token").filter(token -> !token.isEmpty()).orElse(null);
        }
        return all;
    }

    Build makeTemplate(JsonNode template, JsonNode build) throws IOException, InterruptedException {
        var named = body(send("POST", "/v3/templates", template));
        var made = new Build(named.path("templateID").asString(""), named.path("buildID").asString(""));
        send("POST", "/v2/templates/" + encoded(made.template()) + "/builds/" + encoded(made.build()), build);
        return made;
    }

    /** {@code status}, and where it is {@code error} a {@code reason} with a {@code message}. */
    JsonNode look(Build build) throws IOException, InterruptedException {
        return body(send("GET", "/templates/" + encoded(build.template()) + "/builds/" + encoded(build.build()) + "/status", null));
    }

    private HttpResponse<String> send(String method, String path, @Nullable JsonNode body) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(base.resolve(path))
                .timeout(LIMIT)
                .header("X-API-Key", credential.secret())
                .header("Content-Type", "application/json")
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body.toString()))
                .build();
        HttpResponse<String> answer;
        try {
            answer = http.send(request, BodyHandlers.ofString());
        } catch (IOException e) {
            throw new E2bException(0, "E2B at " + base.getHost() + " does not answer: " + reason(e));
        }
        if (answer.statusCode() >= 300) {
            throw new E2bException(answer.statusCode(), E2bException.meaning(answer.statusCode()) + said(answer.body()));
        }
        return answer;
    }

    private static String reason(IOException e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    /** In E2B's own words, without what only the team may know. */
    private String said(String body) {
        String message;
        try {
            message = Json.MAPPER.readTree(body).path("message").asString("");
        } catch (JacksonException e) {
            message = body;
        }
        message = message.replace(credential.secret(), "***").strip();
        return message.isEmpty() ? "" : ": " + message.substring(0, Math.min(message.length(), LONGEST_REASON));
    }

    private static JsonNode body(HttpResponse<String> answer) throws E2bException {
        try {
            return Json.MAPPER.readTree(answer.body());
        } catch (JacksonException e) {
            throw new E2bException(0, "E2B answered something that is no JSON");
        }
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
