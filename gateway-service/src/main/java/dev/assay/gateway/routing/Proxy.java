// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.routing;

import dev.assay.gateway.client.ClientConnection;
import dev.assay.gateway.client.ClientGoneException;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.InternalTokens;
import dev.assay.kit.problem.ProblemWriter;
import dev.assay.kit.problem.Telemetry;
import dev.assay.kit.web.Arrival;
import dev.assay.kit.web.Deadline;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.propagation.Propagator;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;

/** Passes a request to a service and its answer back, both as streams. */
@Component
class Proxy {

    private static final String CANNOT_BE_REACHED = " cannot be reached just now. Try again.";
    private static final Logger log = LoggerFactory.getLogger(Proxy.class);
    private static final int CHUNK = 32 * 1024;
    /** Where nothing listens, that is known at once. A machine that is full to the brim takes seconds, and telemetry is not refused for that. */
    private static final Duration CONNECT = Duration.ofSeconds(5);

    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(CONNECT)
            .executor(Executors.newVirtualThreadPerTaskExecutor())
            .build();
    private final InternalTokens tokens;
    private final Addresses addresses;
    private final PublicAddress publicAddress;
    private final Tracer tracer;
    private final Propagator propagator;
    private final Clock clock;

    Proxy(
            InternalTokens tokens,
            Addresses addresses,
            PublicAddress publicAddress,
            ObjectProvider<Tracer> tracer,
            ObjectProvider<Propagator> propagator,
            Clock clock) {
        this.clock = clock;
        this.tokens = tokens;
        this.addresses = addresses;
        this.publicAddress = publicAddress;
        this.tracer = tracer.getIfAvailable(() -> Tracer.NOOP);
        this.propagator = propagator.getIfAvailable(() -> Propagator.NOOP);
    }

    /**
     * Passes a request on, and its answer back.
     *
     * @param answered told the answer's status before the client is told anything, if there is an answer
     * @return the status that the answer has; null: there is none, since the client was gone before, or did not send its body
     * @throws IOException if the answer broke off after it had begun
     */
    @Nullable Integer pass(
            HttpServletRequest request, HttpServletResponse response, Routes.Destination destination, Caller caller, IntConsumer answered)
            throws IOException {
        var query = request.getQueryString();
        URI target;
        try {
            target = URI.create(addresses.of(destination.room()) + destination.path() + (query == null ? "" : "?" + query));
        } catch (IllegalArgumentException e) {
            ProblemWriter.write(response, HttpStatus.BAD_REQUEST, "path or query: not a valid URL");
            return response.getStatus();
        }
        var body = RequestBody.of(request);
        var deadline = Arrival.deadline(request);
        var begun = false;
        try {
            var outgoing = outgoing(request, target, body, caller, destination.room().title());
            var answer = ClientConnection.of(request)
                    .await(client.sendAsync(outgoing, BodyHandlers.ofInputStream()), body::finished);
            begun = true;
            answered.accept(answer.statusCode());
            try (var from = answer.body(); var limit = deadline.map(until -> cutting(from, until)).orElse(() -> {})) {
                copy(answer, from, response);
            }
            response.getOutputStream().close(); // the client has it all by now, should the rest of its body still be waited for
            return answer.statusCode();
        } catch (ClientGoneException e) {
            log.debug("the client left before {} answered", destination.room().title());
            return null;
        } catch (ConnectException | HttpConnectTimeoutException e) {
            refuse(destination, response, HttpStatus.SERVICE_UNAVAILABLE, destination.room().title() + CANNOT_BE_REACHED);
        } catch (HttpTimeoutException e) {
            if (deadline.isEmpty()) { // then the only time-out is that of connecting, whichever name the client gives it
                refuse(destination, response, HttpStatus.SERVICE_UNAVAILABLE, destination.room().title() + CANNOT_BE_REACHED);
            } else {
                ProblemWriter.write(
                        response, HttpStatus.GATEWAY_TIMEOUT, destination.room().title() + " did not answer before the deadline of this request.");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            refuse(destination, response, HttpStatus.SERVICE_UNAVAILABLE, "The gateway is stopping. Try again.");
        } catch (IOException e) {
            if (begun) {
                throw e; // the server then breaks the connection, so that half an answer does not look whole
            }
            if (body.broken()) {
                log.debug("a client did not send its body: {}", e.toString()); // the server has told it so
                return null;
            }
            log.warn("{} {} failed at {}: {}", request.getMethod(), destination.pattern(), destination.room().title(), e.toString());
            refuse(destination, response, HttpStatus.BAD_GATEWAY, destination.room().title() + " broke off before it answered. Try again.");
        } finally {
            body.detach();
        }
        return response.getStatus(); // of what was refused here
    }

    private HttpRequest outgoing(HttpServletRequest request, URI target, RequestBody body, Caller caller, String audience) {
        var outgoing = body.sendBy(request.getMethod(), HttpRequest.newBuilder(target));
        ForwardedHeaders.ofRequest(request, outgoing::header);
        publicAddress.describe(request, outgoing::setHeader);
        outgoing.setHeader("Authorization", "Bearer " + tokens.mint(caller, audience));
        outgoing.setHeader(Arrival.REQUEST_ID, Arrival.requestId(request));
        Arrival.deadline(request).ifPresent(deadline -> {
            outgoing.setHeader(Deadline.HEADER, deadline.header());
            outgoing.timeout(atLeastATick(deadline.left(clock.instant())));
        });
        var span = tracer.currentSpan();
        if (span != null) {
            propagator.inject(span.context(), outgoing, HttpRequest.Builder::setHeader);
        }
        return outgoing.build();
    }

    private interface Limit extends AutoCloseable {
        @Override
        void close();
    }

    /** Ends an answer that is not whole by its deadline: the server then breaks the connection, so that half of it does not look whole. */
    private Limit cutting(InputStream answer, Deadline deadline) {
        var cut = CompletableFuture.runAsync(
                () -> {
                    try {
                        answer.close();
                    } catch (IOException e) {
                        log.debug("an answer that is late cannot be closed: {}", e.toString());
                    }
                },
                CompletableFuture.delayedExecutor(
                        deadline.left(clock.instant()).toMillis(), TimeUnit.MILLISECONDS, Thread::startVirtualThread));
        return () -> cut.cancel(false);
    }

    private static Duration atLeastATick(Duration time) {
        return time.isPositive() ? time : Duration.ofMillis(1);
    }

    private static void copy(HttpResponse<InputStream> answer, InputStream from, HttpServletResponse response) throws IOException {
        response.setStatus(answer.statusCode());
        ForwardedHeaders.ofAnswer(answer.headers(), response::addHeader);
        var length = answer.headers().firstValueAsLong("Content-Length").orElse(-1);
        var live = length < 0;
        var to = response.getOutputStream();
        var buffer = new byte[live ? CHUNK : (int) Math.clamp(length, 1, CHUNK)];
        for (int read; (read = from.read(buffer)) >= 0; ) {
            to.write(buffer, 0, read);
            if (live) {
                to.flush();
            }
        }
    }

    private static void refuse(Routes.Destination destination, HttpServletResponse response, HttpStatus status, String detail)
            throws IOException {
        response.setHeader("Retry-After", Telemetry.retryAfter(destination.path()));
        ProblemWriter.write(response, status, detail);
    }
}
