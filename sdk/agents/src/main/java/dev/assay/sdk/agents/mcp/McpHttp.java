// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.mcp;

import dev.assay.sdk.agents.CapabilityRoute;
import dev.assay.sdk.agents.http.RoutedHttp;
import dev.assay.sdk.protocol.Capability;
import dev.assay.sdk.protocol.Json;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import okhttp3.HttpUrl;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * HTTP with one server of tools. No answer is held that is longer than {@link #LONGEST_ANSWER} bytes.
 */
final class McpHttp {

    /** Of one message in bytes: as much as a shell's output may be, and it stays in the conversation like that. */
    static final int LONGEST_ANSWER = 10 << 20;

    private static final MediaType JSON = MediaType.get("application/json");
    private static final int SHOWN = 200;

    private final OkHttpClient client;
    private final @Nullable String token;

    McpHttp(Capability capability, CapabilityRoute route, @Nullable String token) {
        this.token = token;
        this.client = RoutedHttp.client(capability, route);
    }

    Response post(HttpUrl url, JsonNode message, Map<String, String> headers, @Nullable Duration limit)
            throws McpException, InterruptedException {
        var body = RequestBody.create(Json.MAPPER.writeValueAsBytes(message), JSON);
        return exchange(new Request.Builder().url(url).post(body).header("Accept", "application/json, text/event-stream"), headers, limit);
    }

    Response get(HttpUrl url) throws McpException, InterruptedException {
        return exchange(new Request.Builder().url(url).header("Accept", "text/event-stream"), Map.of(), null);
    }

    Response delete(HttpUrl url, Map<String, String> headers, Duration limit) throws McpException, InterruptedException {
        return exchange(new Request.Builder().url(url).delete(), headers, limit);
    }

    /** @param limit of the whole exchange, its body with it; null: none */
    private Response exchange(Request.Builder request, Map<String, String> headers, @Nullable Duration limit)
            throws McpException, InterruptedException {
        headers.forEach(request::header);
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        var call = client.newCall(request.build());
        if (limit != null) {
            call.timeout().timeout(limit.toMillis(), TimeUnit.MILLISECONDS);
        }
        try {
            var response = call.execute();
            if (!response.isSuccessful()) {
                try (response) {
                    throw new McpException("the server answers " + response.code() + said(response));
                }
            }
            return response;
        } catch (McpException e) {
            throw e;
        } catch (IOException e) {
            throw lost(e);
        }
    }

    private static String said(Response response) throws IOException {
        var source = response.body().source();
        source.request(SHOWN);
        var text = source.readUtf8(Math.min(SHOWN, source.getBuffer().size())).strip();
        return text.isEmpty() ? "" : ": " + text;
    }

    /** The library's words for a connection that an interrupt closed are those for one that broke. */
    static McpException lost(IOException failure) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        return switch (failure) {
            case McpException told -> told;
            case InterruptedIOException late -> new McpException("the server did not answer in time", late);
            default -> new McpException("the connection to the server was lost: " + failure, failure);
        };
    }

    /** The whole body as JSON. */
    static JsonNode json(Response response) throws McpException, InterruptedException {
        try {
            var source = response.body().source();
            if (source.request(LONGEST_ANSWER + 1L)) {
                throw tooLong();
            }
            return json(source.readByteArray());
        } catch (IOException e) {
            throw lost(e);
        }
    }

    static JsonNode json(byte[] text) throws McpException {
        try {
            return Json.MAPPER.readTree(text);
        } catch (JacksonException e) {
            throw new McpException("the server's answer is no JSON", e);
        }
    }

    static McpException tooLong() {
        return new McpException("the server's answer is longer than " + LONGEST_ANSWER + " bytes");
    }

    static boolean isEventStream(Response response) {
        return response.header("Content-Type", "").toLowerCase(Locale.ROOT).startsWith("text/event-stream");
    }
}
