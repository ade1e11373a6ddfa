// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.daytona;

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
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** Daytona's published HTTP API, asked with one team's key, which goes nowhere else. */
final class DaytonaApi implements ProviderApi {

    static final Duration LIMIT = Duration.ofSeconds(60);

    private static final int LARGEST_ANSWER = 4 << 20;
    private static final int MOST_PAGES = 50;
    private static final int LONGEST_REASON = 500;
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9-]{1,100}");

    /** In which nothing runs there, and nothing will. */
    private static final Set<String> OVER = Set.of("destroyed", "destroying", "stopped", "stopping", "archived", "archiving", "error", "build_failed");

    private final Exchanges exchanges;
    private final URI base;
    private final Credential credential;

    DaytonaApi(Exchanges exchanges, URI base, Credential credential) {
        this.exchanges = exchanges;
        this.base = base;
        this.credential = credential;
    }

    /**
     * A sandbox as it is just now.
     *
     * @param state {@code started} when its daemon can be spoken to
     * @param reason why it is in an error; empty if it is in none
     * @param toolbox where the daemons of its region are reached
     */
    record Seen(String id, String state, String reason, String toolbox) {

        boolean isOver() {
            return OVER.contains(state);
        }

        boolean isEnding() {
            return state.startsWith("destroy");
        }
    }

    /** Where a port of a sandbox is reached, and what whoever comes there has to show. */
    record Preview(URI url, String token) {}

    Seen create(JsonNode sandbox) throws IOException, InterruptedException {
        return seen(send("POST", "/sandbox", sandbox));
    }

    Seen look(String sandbox) throws IOException, InterruptedException {
        return seen(send("GET", "/sandbox/" + encoded(sandbox), null));
    }

    private Seen seen(JsonNode sandbox) throws ProviderException {
        return new Seen(
                id(sandbox), sandbox.path("state").asString(""), shown(sandbox.path("errorReason").asString("")),
                sandbox.path("toolboxProxyUrl").asString(""));
    }

    Preview preview(String sandbox, int port) throws IOException, InterruptedException {
        var answer = send("GET", "/sandbox/" + encoded(sandbox) + "/ports/" + port + "/preview-url", null);
        return new Preview(sealed(answer.path("url").asString("")), token(answer));
    }

    /** What is told of, and with a sandbox's token, must not go through the open. */
    URI sealed(String address) throws ProviderException {
        try {
            var uri = URI.create(address);
            boolean asTheApi = uri.getScheme() != null && uri.getScheme().equals(base.getScheme());
            if (uri.getHost() != null && uri.getUserInfo() == null && ("https".equals(uri.getScheme()) || asTheApi)) {
                return uri;
            }
        } catch (IllegalArgumentException e) {
            // as below
        }
        throw new ProviderException(0, "Daytona answered with an address that is none: " + shown(address));
    }

    /** It becomes part of addresses. */
    private static String id(JsonNode answer) throws ProviderException {
        var id = answer.path("id").asString("");
        if (!ID.matcher(id).matches()) {
            throw new ProviderException(0, "Daytona answered with an id that is none");
        }
        return id;
    }

    /** It becomes a header. */
    private static String token(JsonNode answer) throws ProviderException {
        var token = answer.path("token").asString("");
        if (token.isEmpty() || !token.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            throw new ProviderException(0, "Daytona answered with a token that is none");
        }
        return token;
    }

    @Override
    public boolean isThere(String sandbox) throws IOException, InterruptedException {
        try {
            return !look(sandbox).isOver();
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
            send("DELETE", "/sandbox/" + encoded(sandbox), null);
        } catch (ProviderException e) {
            if (!e.isNotFound() && !(e.isConflict() && isEnding(sandbox))) {
                throw e;
            }
        }
    }

    /** Both one that is being made and one that is being deleted are in the midst of a change. */
    private boolean isEnding(String sandbox) throws IOException, InterruptedException {
        try {
            return look(sandbox).isEnding();
        } catch (ProviderException e) {
            if (e.isNotFound()) {
                return true;
            }
            throw e;
        }
    }

    @Override
    public List<Listed> list(Map<String, String> marks) throws IOException, InterruptedException {
        var filter = encoded(Json.tree(marks).toString());
        var all = new ArrayList<Listed>();
        var next = "";
        for (int page = 0; page < MOST_PAGES && next != null; page++) {
            var answer = send("GET", "/sandbox?limit=100&labels=" + filter + (next.isEmpty() ? "" : "&cursor=" + encoded(next)), null);
            for (var one : answer.path("items")) {
                var told = new HashMap<String, String>();
                one.path("labels").propertyStream().forEach(entry -> told.put(entry.getKey(), entry.getValue().asString("")));
                if (!one.path("state").asString("").startsWith("destroy")) { // it is on its way
                    all.add(new Listed(id(one), told));
                }
            }
            next = answer.path("nextCursor").asString(null);
        }
        return all;
    }

    private JsonNode send(String method, String path, @Nullable JsonNode body) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create(base.toString().replaceAll("/+$", "") + path))
                .header("Authorization", "Bearer " + credential.secret())
                .header("Content-Type", "application/json")
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body.toString()))
                .build();
        HttpResponse<String> answer;
        try {
            answer = exchanges.send(request, LARGEST_ANSWER);
        } catch (IOException e) {
            throw new ProviderException(0, "Daytona at " + base.getHost() + " does not answer: " + reason(e));
        }
        if (answer.statusCode() >= 300) {
            throw new ProviderException(
                    answer.statusCode(), ProviderException.meaning("Daytona", answer.statusCode()) + said(answer.body()));
        }
        return answer.body().isEmpty() ? Json.object() : json(answer.body());
    }

    private static String reason(IOException e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    private static JsonNode json(String body) throws ProviderException {
        try {
            return Json.MAPPER.readTree(body);
        } catch (JacksonException e) {
            throw new ProviderException(0, "Daytona answered something that is no JSON");
        }
    }

    /** In Daytona's own words, of which some are lists. */
    private String said(String body) {
        String message;
        try {
            var told = Json.MAPPER.readTree(body).path("message");
            message = told.isString() ? told.stringValue() : told.isMissingNode() ? "" : told.toString();
        } catch (JacksonException e) {
            message = body;
        }
        var shown = shown(message);
        return shown.isEmpty() ? "" : ": " + shown;
    }

    /** Without what only the team may know, and no longer than people read. */
    private String shown(String words) {
        var masked = words.replace(credential.secret(), "***").strip();
        return masked.substring(0, Math.min(masked.length(), LONGEST_REASON));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
