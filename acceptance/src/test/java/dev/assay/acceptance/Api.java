// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Arrays;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A script of a user's own, that speaks the public API with a key. */
record Api(String url, String key) {

    static final JsonMapper JSON = new JsonMapper();

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    Answer get(String path) {
        return send(request(path).GET());
    }

    Answer delete(String path) {
        return send(request(path).DELETE());
    }

    Answer post(String path, Object body) {
        return send("POST", path, JSON.writeValueAsString(body));
    }

    /** Sends any text as if it were JSON. */
    Answer send(String method, String path, String body) {
        return send(request(path).header("Content-Type", "application/json").method(method, BodyPublishers.ofString(body)));
    }

    Answer send(HttpRequest.Builder request) {
        try {
            return new Answer(HTTP.send(request.build(), BodyHandlers.ofString()));
        } catch (IOException failure) {
            return new Answer(failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    HttpRequest.Builder request(String path) {
        var address = URI.create(path.startsWith("http") ? path : url + path);
        return HttpRequest.newBuilder(address).timeout(Duration.ofSeconds(60)).header("Authorization", "Bearer " + key);
    }

    /** An answer, or why there was none (status 0). */
    record Answer(int status, String type, String text) {

        Answer(HttpResponse<String> response) {
            this(response.statusCode(), response.headers().firstValue("content-type").orElse(""), response.body());
        }

        Answer(IOException failure) {
            this(0, "", String.valueOf(failure));
        }

        JsonNode body() {
            return JSON.readTree(text);
        }

        Answer expect(Integer... statuses) {
            assertThat(Arrays.asList(statuses)).as("status, with the body %s", text).contains(status);
            return this;
        }

        String detail() {
            return body().get("detail").stringValue();
        }
    }
}
