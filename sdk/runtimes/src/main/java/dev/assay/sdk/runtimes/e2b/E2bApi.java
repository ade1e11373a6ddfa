// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.e2b;

import dev.assay.sdk.protocol.Json;
import dev.assay.sdk.runtimes.Credential;
import dev.assay.sdk.runtimes.account.Exchanges;
import dev.assay.sdk.runtimes.account.ProviderApi;
import dev.assay.sdk.runtimes.account.ProviderException;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** E2B's published HTTP API, asked with one team's key. */
final class E2bApi implements ProviderApi {

    static final Duration LIMIT = Duration.ofSeconds(60);

    private static final int LARGEST_ANSWER = 4 << 20;
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9-]{1,100}");
    private static final int MOST_PAGES = 50;
    private static final int LONGEST_REASON = 500;

    private final Exchanges exchanges;
    private final URI base;
    private final Credential credential;

    E2bApi(Exchanges exchanges, URI base, Credential credential) {
        this.exchanges = exchanges;
        this.base = base;
        this.credential = credential;
    }

    /** A sandbox that was made, and what its daemon asks for. */
    record Made(String id, @Nullable String accessToken, @Nullable String trafficToken) {}

    /** A template that is being made. */
    record Build(String template, String build) {}

    Made create(JsonNode sandbox) throws IOException, InterruptedException {
        var made = body(send("POST", "/v2/sandboxes", sandbox));
        return new Made(id(made, "sandboxID"), token(made, "envdAccessToken"), token(made, "trafficAccessToken"));
    }

    /** It becomes part of addresses, of hosts among them. */
    private static String id(JsonNode answer, String member) throws ProviderException {
        var id = answer.path(member).asString("");
        if (!ID.matcher(id).matches()) {
            throw new ProviderException(0, "E2B answered with a " + member + " that is none");
        }
        return id;
    }

    /** It becomes a header. */
    private static @Nullable String token(JsonNode answer, String member) throws ProviderException {
        var token = answer.path(member).asString(null);
        if (token != null && !token.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            throw new ProviderException(0, "E2B answered with a " + member + " that is none");
        }
        return token == null || token.isEmpty() ? null : token;
    }

    @Override
    public boolean isThere(String sandbox) throws IOException, InterruptedException {
        try {
            send("GET", "/sandboxes/" + encoded(sandbox), null);
            return true;
        } catch (ProviderException e) {
            if (e.isNotFound()) {
                return false;
            }
            throw e;
        }
    }

    @Override
    public void kill(String sandbox) throws IOException, InterruptedException {
        try {
            send("DELETE", "/sandboxes/" + encoded(sandbox), null);
        } catch (ProviderException e) {
            if (!e.isNotFound()) {
                throw e;
            }
        }
    }

    /** As E2B reads it, names and values are encoded twice before the whole is. */
    @Override
    public List<Listed> list(Map<String, String> metadata) throws IOException, InterruptedException {
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
                all.add(new Listed(id(one, "sandboxID"), told));
            }
            next = answer.headers().firstValue("x-next-token").filter(token -> !token.isEmpty()).orElse(null);
        }
        return all;
    }

    Build makeTemplate(JsonNode template, JsonNode build) throws IOException, InterruptedException {
        var named = body(send("POST", "/v3/templates", template));
        var made = new Build(id(named, "templateID"), id(named, "buildID"));
        send("POST", "/v2/templates/" + encoded(made.template()) + "/builds/" + encoded(made.build()), build);
        return made;
    }

    /** {@code status}, and where it is {@code error} a {@code reason} with a {@code message}. */
    JsonNode look(Build build) throws IOException, InterruptedException {
        return body(send("GET", "/templates/" + encoded(build.template()) + "/builds/" + encoded(build.build()) + "/status", null));
    }

    private HttpResponse<String> send(String method, String path, @Nullable JsonNode body) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create(base.toString().replaceAll("/+$", "") + path))
                .header("X-API-Key", credential.secret())
                .header("Content-Type", "application/json")
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body.toString()))
                .build();
        HttpResponse<String> answer;
        try {
            answer = exchanges.send(request, LARGEST_ANSWER);
        } catch (IOException e) {
            throw new ProviderException(0, "E2B at " + base.getHost() + " does not answer: " + reason(e));
        }
        if (answer.statusCode() >= 300) {
            throw new ProviderException(answer.statusCode(), ProviderException.meaning("E2B", answer.statusCode()) + said(answer.body()));
        }
        return answer;
    }

    private static String reason(IOException e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    /** In E2B's own words. */
    private String said(String body) {
        String message;
        try {
            message = Json.MAPPER.readTree(body).path("message").asString("");
        } catch (JacksonException e) {
            message = body;
        }
        var shown = shown(message);
        return shown.isEmpty() ? "" : ": " + shown;
    }

    /** Without what only the team may know, and no longer than people read. */
    String shown(String words) {
        var masked = words.replace(credential.secret(), "***").strip();
        return masked.substring(0, Math.min(masked.length(), LONGEST_REASON));
    }

    Credential credential() {
        return credential;
    }

    private static JsonNode body(HttpResponse<String> answer) throws ProviderException {
        try {
            return Json.MAPPER.readTree(answer.body());
        } catch (JacksonException e) {
            throw new ProviderException(0, "E2B answered something that is no JSON");
        }
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
