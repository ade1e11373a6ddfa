// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.inference;

import dev.assay.gateway.client.ClientConnection;
import dev.assay.gateway.client.ClientGoneException;
import dev.assay.gateway.dialect.ModelError;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** Sends calls on to a provider that speaks the same dialect: another model name, another key, everything else as it came. */
final class UpstreamProvider implements Provider {

    private static final Logger log = LoggerFactory.getLogger(UpstreamProvider.class);
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final List<String> PASSED_BACK = List.of("retry-after", "retry-after-ms", "x-should-retry", "x-request-id");
    private static final int MOST_OF_AN_ERROR = 1 << 20;
    /** Providers name the account that they bill: that is the platform's business, not its callers'. */
    private static final Pattern ACCOUNT = Pattern.compile("\\b(org|proj|acct|user|team|key|sk)([-_])[A-Za-z0-9_*-]{4,}");

    private final HttpClient client = HttpClient.newBuilder()
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(Duration.ofSeconds(10))
            .executor(Executors.newVirtualThreadPerTaskExecutor())
            .build();
    private final Upstreams.Upstream upstream;
    private final InferenceSettings settings;

    UpstreamProvider(Upstreams.Upstream upstream, InferenceSettings settings) {
        this.upstream = upstream;
        this.settings = settings;
    }

    @Override
    public String name() {
        return upstream.name();
    }

    @Override
    public void answer(ModelCall call, HttpServletResponse response, ClientConnection connection) throws IOException, InterruptedException {
        try (var answered = ask(call, connection); var body = answered.answer().body()) {
            var answer = answered.answer();
            if (answer.statusCode() / 100 != 2) {
                throw new ModelErrorException(error(answer));
            }
            PASSED_BACK.forEach(name -> answer.headers().firstValue(name).ifPresent(value -> response.setHeader(name, value)));
            var type = answer.headers().firstValue("content-type").orElse("application/json");
            if (call.streamed() && type.startsWith("text/event-stream")) {
                new StreamRelay(name(), settings.keepAlive()).relay(body, new EventStream(response));
                return;
            }
            // Whole, so that an answer that breaks off can still become an error.
            var whole = read(body, connection);
            response.setContentType(type);
            response.setContentLength(whole.length);
            response.getOutputStream().write(whole);
        }
    }

    /** Closing ends the call at the provider too, if it is still under way. */
    private record Answered(HttpResponse<InputStream> answer) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            answer.body().close();
        }
    }

    private Answered ask(ModelCall call, ClientConnection connection) throws IOException, InterruptedException {
        try {
            return new Answered(connection.await(client.sendAsync(request(call), BodyHandlers.ofInputStream()), () -> true));
        } catch (ClientGoneException e) {
            throw e;
        } catch (HttpConnectTimeoutException | ConnectException e) {
            log.warn("provider {} cannot be reached: {}", upstream, e.toString());
            throw new ModelErrorException(ModelError.unavailable("The provider '" + name() + "' cannot be reached just now.", 1));
        } catch (HttpTimeoutException e) {
            throw new ModelErrorException(ModelError.of(
                    504, "The provider '" + name() + "' did not answer within " + settings.timeout() + "."));
        } catch (IOException e) {
            throw broken(e);
        }
    }

    private HttpRequest request(ModelCall call) {
        var body = call.body().deepCopy().put("model", call.model().upstreamModel());
        var target = URI.create(upstream.baseUrl() + "/chat/completions");
        var request = HttpRequest.newBuilder(target)
                .version("https".equals(target.getScheme()) ? HttpClient.Version.HTTP_2 : HttpClient.Version.HTTP_1_1)
                .timeout(settings.timeout())
                .header("Content-Type", "application/json")
                .header("Accept", call.streamed() ? "text/event-stream, application/json" : "application/json")
                .POST(BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body)));
        if (!upstream.apiKey().isBlank()) {
            request.header("Authorization", "Bearer " + upstream.apiKey());
        }
        return request.build();
    }

    private byte[] read(InputStream body, ClientConnection connection) throws IOException, InterruptedException {
        var whole = new CompletableFuture<byte[]>();
        Thread.ofVirtual().name("answer of " + name()).start(() -> {
            try {
                whole.complete(body.readAllBytes());
            } catch (IOException e) {
                whole.completeExceptionally(e);
            }
        });
        try {
            return connection.await(whole, () -> true);
        } catch (ClientGoneException e) {
            throw e;
        } catch (IOException e) {
            throw broken(e);
        }
    }

    private ModelErrorException broken(IOException e) {
        log.warn("provider {} broke off: {}", upstream, e.toString());
        return new ModelErrorException(ModelError.of(502, "The provider '" + name() + "' broke off before it answered."));
    }

    /** The provider's own error, so far as it is one that its clients can read and that is about them. */
    private ModelError error(HttpResponse<InputStream> answer) throws IOException {
        var status = answer.statusCode();
        if (status == 401 || status == 403) {
            log.error("provider {} refuses the configured key: {}", upstream, status);
            return ModelError.of(502, "The provider '" + name() + "' refuses the key that this platform has for it (" + status + ").")
                    .andNoUseTryingAgain();
        }
        if (status == 402) {
            log.error("provider {} wants to be paid", upstream);
            return ModelError.of(402, "The provider '" + name() + "' says that this platform's account with it is used up.");
        }
        if (status < 400) {
            return ModelError.of(502, "The provider '" + name() + "' answered with status " + status + ".").andNoUseTryingAgain();
        }
        var text = new String(answer.body().readNBytes(MOST_OF_AN_ERROR), StandardCharsets.UTF_8);
        var error = readable(text, ModelError.of(status, "The provider '" + name() + "' answered with status " + status + "."));
        var retryAfter = answer.headers().firstValue("retry-after").map(UpstreamProvider::seconds).orElse(null);
        error = error.retryAfter(retryAfter);
        return answer.headers().firstValue("x-should-retry").filter("false"::equals).isPresent() ? error.andNoUseTryingAgain() : error;
    }

    private static ModelError readable(String text, ModelError otherwise) {
        try {
            var error = JSON.readTree(text).path("error");
            if (error.isString()) {
                return new ModelError(otherwise.status(), otherwise.type(), otherwise.code(), discreet(error.asString()), null, false);
            }
            if (!error.path("message").isString()) {
                return otherwise;
            }
            return new ModelError(
                    otherwise.status(),
                    error.path("type").isString() ? error.path("type").asString() : otherwise.type(),
                    error.path("code").isString() ? error.path("code").asString() : otherwise.code(),
                    discreet(error.path("message").asString()),
                    null,
                    false);
        } catch (JacksonException e) {
            return otherwise;
        }
    }

    private static String discreet(String message) {
        return ACCOUNT.matcher(message).replaceAll("$1$2…");
    }

    private static @Nullable Double seconds(String retryAfter) {
        try {
            return Math.max(0, Double.parseDouble(retryAfter));
        } catch (NumberFormatException e) {
            return null;
        }
    }
}
