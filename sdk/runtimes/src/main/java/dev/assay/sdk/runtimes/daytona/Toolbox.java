// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.daytona;

import dev.assay.sdk.protocol.Json;
import dev.assay.sdk.runtimes.account.Exchanges;
import dev.assay.sdk.runtimes.account.ProviderException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * The daemon inside one sandbox, which starts commands and keeps their output. It is asked with the sandbox's own token, never with the team's
 * key. What runs in there may put itself in the daemon's place: no answer is taken that is large, and none is waited for without end.
 */
final class Toolbox {

    /** The header that opens a sandbox's ports, and its daemon. */
    static final String TOKEN = "X-Daytona-Preview-Token";

    private static final int LARGEST_ANSWER = 4 << 20; // it repeats the command, which has the variables
    private static final int LONGEST_REASON = 500;
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9-]{1,100}");
    private static final String SESSION = "assay";

    /** The daemon hears pings whatever it tells; and whoever breaks off in vain has only to listen again. */
    private static final Duration SILENCE = Duration.ofSeconds(15);

    private final Exchanges exchanges;
    private final HttpClient http;
    private final String base;
    private final String token;

    /** @param address of the region's daemons */
    Toolbox(Exchanges exchanges, HttpClient http, URI address, String sandbox, String token) {
        this.exchanges = exchanges;
        this.http = http;
        this.base = address.toString().replaceAll("/+$", "") + "/" + sandbox + "/process/session";
        this.token = token;
    }

    /** A session that is there already is well. */
    void makeSession() throws IOException, InterruptedException {
        try {
            send("POST", "", Json.object().put("sessionId", SESSION));
        } catch (ProviderException e) {
            if (!e.isConflict()) {
                throw e;
            }
        }
    }

    /** @return the command's id */
    String start(String command) throws IOException, InterruptedException {
        var asked = Json.object().put("command", command).put("runAsync", true).put("suppressInputEcho", true);
        var id = send("POST", "/" + SESSION + "/exec", asked).path("cmdId").asString("");
        if (!ID.matcher(id).matches()) {
            throw new ProviderException(0, "Daytona's daemon answered with a cmdId that is none");
        }
        return id;
    }

    /** What the command exited with; null: it runs. */
    @Nullable Integer exitCode(String command) throws IOException, InterruptedException {
        var code = send("GET", "/" + SESSION + "/command/" + command, null).path("exitCode");
        return code.canConvertToInt() ? code.intValue() : null;
    }

    /** All that it has printed from its beginning on, and then what it prints, until it has ended. */
    DaytonaSocket output(String command, DaytonaSocket.Taker taker) throws IOException, InterruptedException {
        return DaytonaSocket.open(http, URI.create(base + "/" + SESSION + "/command/" + command + "/logs?follow=true"), token, SILENCE, taker);
    }

    private JsonNode send(String method, String path, @Nullable JsonNode body) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create(base + path))
                .header(TOKEN, token)
                .header("Content-Type", "application/json")
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body.toString()))
                .build();
        var answer = exchanges.send(request, LARGEST_ANSWER);
        if (answer.statusCode() >= 300) {
            var said = answer.body().strip();
            throw new ProviderException(answer.statusCode(), "Daytona's daemon answered " + answer.statusCode()
                    + (said.isEmpty() ? "" : ": " + said.substring(0, Math.min(said.length(), LONGEST_REASON)).replace(token, "***")));
        }
        try {
            return answer.body().isBlank() ? Json.object() : Json.MAPPER.readTree(answer.body());
        } catch (JacksonException e) {
            throw new ProviderException(0, "Daytona's daemon answered something that is no JSON");
        }
    }
}
