// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.inference;

import dev.assay.gateway.client.ClientConnection;
import dev.assay.gateway.client.ClientGoneException;
import dev.assay.gateway.dialect.Fields;
import dev.assay.gateway.dialect.ModelError;
import dev.assay.gateway.dialect.ModelErrorException;
import dev.assay.gateway.dialect.ProviderError;
import dev.assay.gateway.dialect.RetryAfter;
import dev.assay.gateway.dialect.ModelJson;
import dev.assay.kit.web.BytesInFlight;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;

/** Sends calls on to a provider that speaks the same dialect: another model name, another key, everything else as it came. */
final class UpstreamProvider implements Provider {

    private static final Logger log = LoggerFactory.getLogger(UpstreamProvider.class);
    /** How often whoever waits for an answer looks whether the client is still there, and at the time. */
    static final Duration LOOK = Duration.ofMillis(200);

    private static final Duration PATIENCE_WITH_ERRORS = Duration.ofSeconds(5);

    private final HttpClient client = HttpClient.newBuilder()
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(Duration.ofSeconds(10))
            .executor(Executors.newVirtualThreadPerTaskExecutor())
            .build();
    private final Upstreams.Upstream upstream;
    private final InferenceSettings settings;
    private final BytesInFlight inFlight;
    private final Clock clock;

    UpstreamProvider(Upstreams.Upstream upstream, InferenceSettings settings, BytesInFlight inFlight, Clock clock) {
        this.upstream = upstream;
        this.settings = settings;
        this.inFlight = inFlight;
        this.clock = clock;
    }

    @Override
    public String name() {
        return upstream.name();
    }

    @Override
    public void answer(ModelCall call, HttpServletResponse response, ClientConnection connection) throws IOException, InterruptedException {
        var asked = System.nanoTime();
        try (var answer = ask(call, connection)) {
            if (!answer.isSuccess()) {
                throw new ModelErrorException(error(answer));
            }
            succeed(call, answer, asked, response, connection);
        } catch (ModelErrorException e) {
            log.warn("provider {} failed: {} {}", upstream, e.error().status(), e.error().message());
            throw e;
        }
    }

    /** As far as its status goes: what its body says of an error is one, and then its headers belong to that. */
    private void succeed(ModelCall call, ProviderAnswer answer, long asked, HttpServletResponse response, ClientConnection connection)
            throws IOException, InterruptedException {
        var headers = answer.head().headers();
        headers.firstValue("x-request-id").ifPresent(id -> response.setHeader("x-request-id", id));
        try {
            if (call.streamed()) {
                new StreamRelay(name(), settings, call, response, connection, clock.instant()).relay(answer, asked);
                return;
            }
            // Whole, so that an answer that breaks off can still become an error.
            var whole = whole(answer, asked, connection);
            response.setContentType("application/json");
            response.setContentLength(whole.length);
            response.getOutputStream().write(whole);
        } catch (ModelErrorException e) {
            throw e.error().retryAfter() == null
                    ? new ModelErrorException(e.error().retryAfter(RetryAfter.in(Fields.of(headers.map()), clock.instant())))
                    : e;
        }
    }

    private ProviderAnswer ask(ModelCall call, ClientConnection connection) throws IOException, InterruptedException {
        try {
            var answer = connection.await(client.sendAsync(request(call), BodyHandlers.ofInputStream()), () -> true);
            return new ProviderAnswer(name(), answer, settings.largestAnswer().toBytes(), inFlight);
        } catch (ClientGoneException e) {
            throw e;
        } catch (HttpConnectTimeoutException | ConnectException e) {
            log.warn("provider {} cannot be reached: {}", upstream, e.toString());
            throw new ModelErrorException(ModelError.unavailable("The provider '" + name() + "' cannot be reached just now.", 1));
        } catch (HttpTimeoutException e) {
            throw late();
        } catch (IOException e) {
            throw broken(name(), e);
        }
    }

    private HttpRequest request(ModelCall call) {
        var body = ModelJson.MAPPER.createObjectNode().setAll(call.body()).put("model", call.model().upstreamModel());
        var target = URI.create(upstream.baseUrl() + "/chat/completions");
        var request = HttpRequest.newBuilder(target)
                .version("https".equals(target.getScheme()) ? HttpClient.Version.HTTP_2 : HttpClient.Version.HTTP_1_1)
                .timeout(settings.timeout())
                .header("Content-Type", "application/json")
                .header("Accept", call.streamed() ? "text/event-stream, application/json" : "application/json")
                .POST(BodyPublishers.ofByteArray(ModelJson.MAPPER.writeValueAsBytes(body)));
        if (!upstream.apiKey().isBlank()) {
            request.header("Authorization", "Bearer " + upstream.apiKey());
        }
        return request.build();
    }

    /** The answer as it came; where it had to be mended, or came as a stream, as it should have come. */
    private byte[] whole(ProviderAnswer answer, long asked, ClientConnection connection) throws IOException, InterruptedException {
        var gathered = new ChatAnswer.Gathered();
        long length = 0;
        while (true) {
            switch (await(answer, asked, connection)) {
                case ProviderAnswer.Piece.Whole(var bytes) -> {
                    var completion = ChatAnswer.completion(name(), bytes, clock.instant());
                    return completion.mended() ? ModelJson.MAPPER.writeValueAsBytes(completion.body()) : bytes;
                }
                case ProviderAnswer.Piece.Event(var name, var data) when data.isBlank() || data.strip().equals("[DONE]") -> {}
                case ProviderAnswer.Piece.Event(var name, var data) -> {
                    length += data.length();
                    if (length > settings.largestAnswer().toBytes()) {
                        throw broken(name(), new ProviderAnswer.TooLargeException(settings.largestAnswer().toBytes()));
                    }
                    gathered.add(StreamRelay.chunk(name(), name, data));
                }
                case ProviderAnswer.Piece.End() -> {
                    var whole = gathered.whole();
                    if (!ChatAnswer.isFinished(whole)) {
                        throw new ModelErrorException(ModelError.of(502, "The provider '" + name() + "' ended its answer early."));
                    }
                    return ModelJson.MAPPER.writeValueAsBytes(
                            ChatAnswer.completion(name(), ModelJson.MAPPER.writeValueAsBytes(whole), clock.instant()).body());
                }
                case ProviderAnswer.Piece.Broken(var cause) -> throw broken(name(), cause);
            }
        }
    }

    private ProviderAnswer.Piece await(ProviderAnswer answer, long asked, ClientConnection connection) throws IOException, InterruptedException {
        while (true) {
            var piece = answer.next(LOOK);
            if (System.nanoTime() - asked > settings.timeout().toNanos()) {
                throw late();
            }
            if (piece != null) {
                return piece;
            }
            if (connection.gone()) {
                throw new ClientGoneException();
            }
        }
    }

    private ModelErrorException late() {
        return new ModelErrorException(ModelError.of(504, "The provider '" + name() + "' did not answer within " + settings.timeout() + "."));
    }

    static ModelErrorException broken(String provider, Exception cause) {
        log.warn("provider {} broke off: {}", provider, cause.toString());
        return new ModelErrorException(
                switch (cause) {
                    case ProviderAnswer.TooLargeException large ->
                        ModelError.of(502, "The provider '" + provider + "' sent an answer " + large.getMessage() + ".").andNoUseTryingAgain();
                    case ProviderAnswer.UnknownEncodingException unknown ->
                        ModelError.of(502, "The provider '" + provider + "' sent an answer " + unknown.getMessage() + ".");
                    case BytesInFlight.NoRoomException full ->
                        ModelError.unavailable("Too many large answers just now: there is no memory for this one. Try again.", 5);
                    default -> ModelError.of(502, "The provider '" + provider + "' broke off in the middle of its answer.");
                });
    }

    /** The provider's own error, so far as it is about its clients. Of one whose body does not come its status is left. */
    private ModelError error(ProviderAnswer answer) throws InterruptedException {
        var status = answer.head().statusCode();
        var error = ProviderError.UNSAID;
        if (status >= 400 && answer.next(PATIENCE_WITH_ERRORS) instanceof ProviderAnswer.Piece.Whole(var bytes)) {
            error = read(bytes);
        }
        if (error.isAboutTheKey(status) || status == 402) {
            log.error("provider {} refuses this platform's key or account: {} {}", upstream, status, error.message());
        }
        return error.told(name(), status, Fields.of(answer.head().headers().map()), clock.instant());
    }

    private static ProviderError read(byte[] bytes) {
        try {
            var body = ModelJson.MAPPER.readTree(bytes);
            return ProviderError.in(body).orElseGet(() -> ProviderError.of(body));
        } catch (JacksonException e) {
            return ProviderError.inText(new String(bytes, StandardCharsets.UTF_8));
        }
    }
}
