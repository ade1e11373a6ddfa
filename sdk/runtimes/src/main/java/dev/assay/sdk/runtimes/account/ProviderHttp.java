// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.account;

import dev.assay.sdk.protocol.Json;
import dev.assay.sdk.runtimes.Credential;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** Asks a provider's HTTP API with one team's credential, which goes nowhere else, and says what it refuses without it. */
public final class ProviderHttp {

    private static final int LARGEST_ANSWER = 4 << 20;
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9-]{1,100}");

    private final String provider;
    private final Exchanges exchanges;
    private final URI base;
    private final Credential credential;
    private final String header;
    private final String value;

    /**
     * @param provider as people call it
     * @param header that the credential is shown in
     * @param scheme what stands before it there; may be empty
     */
    public ProviderHttp(String provider, Exchanges exchanges, URI base, Credential credential, String header, String scheme) {
        this.provider = provider;
        this.exchanges = exchanges;
        this.base = base;
        this.credential = credential;
        this.header = header;
        this.value = scheme + credential.secret();
    }

    public HttpResponse<String> send(String method, String path, @Nullable JsonNode body) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create(base.toString().replaceAll("/+$", "") + path))
                .header(header, value)
                .header("Content-Type", "application/json")
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body.toString()))
                .build();
        HttpResponse<String> answer;
        try {
            answer = exchanges.send(request, LARGEST_ANSWER);
        } catch (IOException e) {
            throw new ProviderException(0, provider + " at " + base.getHost() + " does not answer: " + reason(e));
        }
        if (answer.statusCode() >= 300) {
            throw new ProviderException(answer.statusCode(), ProviderException.meaning(provider, answer.statusCode()) + said(answer.body()));
        }
        return answer;
    }

    private static String reason(IOException e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    public JsonNode json(HttpResponse<String> answer) throws ProviderException {
        try {
            return Json.MAPPER.readTree(answer.body());
        } catch (JacksonException e) {
            throw new ProviderException(0, provider + " answered something that is no JSON");
        }
    }

    /** An id becomes part of addresses, and of hosts. */
    public String id(JsonNode answer, String member) throws ProviderException {
        var id = answer.path(member).asString("");
        if (!ID.matcher(id).matches()) {
            throw new ProviderException(0, provider + " answered with a value of " + member + " that is none");
        }
        return id;
    }

    /** In the provider's own words, of which some are lists. */
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
    public String shown(String words) {
        return ProviderException.shown(words, List.of(credential.secret()));
    }

    public static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
