// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.e2b;

import static dev.assay.sdk.runtimes.account.ProviderHttp.encoded;

import dev.assay.sdk.runtimes.Credential;
import dev.assay.sdk.runtimes.account.Exchanges;
import dev.assay.sdk.runtimes.account.ProviderAnswer;
import dev.assay.sdk.runtimes.account.ProviderApi;
import dev.assay.sdk.runtimes.account.ProviderException;
import dev.assay.sdk.runtimes.account.ProviderHttp;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** E2B's published HTTP API, asked with one team's key. */
final class E2bApi implements ProviderApi {

    static final Duration LIMIT = Duration.ofSeconds(60);

    private static final int MOST_PAGES = 50;

    private final ProviderHttp http;
    private final Credential credential;

    E2bApi(Exchanges exchanges, URI base, Credential credential) {
        this.http = new ProviderHttp("E2B", exchanges, base, credential, "X-API-Key", "");
        this.credential = credential;
    }

    /** A sandbox that was made, and what its daemon asks for. */
    record Made(String id, @Nullable String accessToken, @Nullable String trafficToken) {}

    /** A template that is being made. */
    record Build(String template, String build) {}

    Made create(JsonNode sandbox) throws IOException, InterruptedException {
        var made = ask("POST", "/v2/sandboxes", sandbox);
        return new Made(http.id(made, "sandboxID"), token(made, "envdAccessToken"), token(made, "trafficAccessToken"));
    }

    /** Not every sandbox has one. */
    private static @Nullable String token(JsonNode answer, String member) throws ProviderException {
        var token = answer.path(member).asString(null);
        return token == null || token.isEmpty() ? null : ProviderAnswer.header("E2B", "a " + member, token);
    }

    @Override
    public boolean runs(String sandbox) throws IOException, InterruptedException {
        http.send("GET", "/sandboxes/" + encoded(sandbox), null);
        return true;
    }

    @Override
    public void end(String sandbox) throws IOException, InterruptedException {
        http.send("DELETE", "/sandboxes/" + encoded(sandbox), null);
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
            var answer = http.send("GET", path, null);
            for (var one : http.json(answer)) {
                var told = new HashMap<String, String>();
                one.path("metadata").propertyStream().forEach(entry -> told.put(entry.getKey(), entry.getValue().asString("")));
                all.add(new Listed(http.id(one, "sandboxID"), told));
            }
            next = answer.headers().firstValue("x-next-token").filter(token -> !token.isEmpty()).orElse(null);
        }
        return all;
    }

    Build makeTemplate(JsonNode template, JsonNode build) throws IOException, InterruptedException {
        var named = ask("POST", "/v3/templates", template);
        var made = new Build(http.id(named, "templateID"), http.id(named, "buildID"));
        http.send("POST", "/v2/templates/" + encoded(made.template()) + "/builds/" + encoded(made.build()), build);
        return made;
    }

    /** All of the account. */
    JsonNode templates() throws IOException, InterruptedException {
        return ask("GET", "/templates", null);
    }

    void removeTemplate(JsonNode template) throws IOException, InterruptedException {
        http.send("DELETE", "/templates/" + encoded(http.id(template, "templateID")), null);
    }

    /** {@code status}, and where it is {@code error} a {@code reason} with a {@code message}. */
    JsonNode look(Build build) throws IOException, InterruptedException {
        return ask("GET", "/templates/" + encoded(build.template()) + "/builds/" + encoded(build.build()) + "/status", null);
    }

    String shown(String words) {
        return http.shown(words);
    }

    Credential credential() {
        return credential;
    }

    private JsonNode ask(String method, String path, @Nullable JsonNode body) throws IOException, InterruptedException {
        return http.json(http.send(method, path, body));
    }
}
