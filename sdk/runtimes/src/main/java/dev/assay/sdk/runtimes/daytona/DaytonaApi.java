// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.daytona;

import static dev.assay.sdk.runtimes.account.ProviderHttp.encoded;

import dev.assay.sdk.protocol.Json;
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
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Daytona's published HTTP API, asked with one team's key, which goes nowhere else. */
final class DaytonaApi implements ProviderApi {

    static final Duration LIMIT = Duration.ofSeconds(60);

    private static final int MOST_PAGES = 50;

    /** In which nothing runs there, and nothing will. */
    private static final Set<String> OVER = Set.of("destroyed", "destroying", "stopped", "stopping", "archived", "archiving", "error", "build_failed");

    private final ProviderHttp http;
    private final URI base;

    DaytonaApi(Exchanges exchanges, URI base, Credential credential) {
        this.http = new ProviderHttp("Daytona", exchanges, base, credential, "Authorization", "Bearer ");
        this.base = base;
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
                http.id(sandbox, "id"), sandbox.path("state").asString(""), http.shown(sandbox.path("errorReason").asString("")),
                sandbox.path("toolboxProxyUrl").asString(""));
    }

    Preview preview(String sandbox, int port) throws IOException, InterruptedException {
        var answer = send("GET", "/sandbox/" + encoded(sandbox) + "/ports/" + port + "/preview-url", null);
        return new Preview(sealed(answer.path("url").asString("")), ProviderAnswer.header("Daytona", "a token", answer.path("token").asString("")));
    }

    /** What is told of, and with a sandbox's token, must not go through the open. */
    URI sealed(String address) throws ProviderException {
        return ProviderAnswer.sealed(address, "http".equals(base.getScheme()))
                .orElseThrow(() -> new ProviderException(0, "Daytona answered with an address that is none: " + http.shown(address)));
    }

    @Override
    public boolean runs(String sandbox) throws IOException, InterruptedException {
        return !look(sandbox).isOver();
    }

    @Override
    public void end(String sandbox) throws IOException, InterruptedException {
        try {
            send("DELETE", "/sandbox/" + encoded(sandbox), null);
        } catch (ProviderException e) {
            // both one that is being made and one that is being deleted are in the midst of a change
            if (!e.isConflict() || !look(sandbox).isEnding()) {
                throw e;
            }
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
                    all.add(new Listed(http.id(one, "id"), told));
                }
            }
            next = answer.path("nextCursor").asString(null);
        }
        return all;
    }

    private JsonNode send(String method, String path, @Nullable JsonNode body) throws IOException, InterruptedException {
        var answer = http.send(method, path, body);
        return answer.body().isEmpty() ? Json.object() : http.json(answer);
    }
}
