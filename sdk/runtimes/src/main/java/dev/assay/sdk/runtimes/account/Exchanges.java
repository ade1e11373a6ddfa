// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.account;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.BodySubscribers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * Asks whoever may be anybody's program by HTTP: its answer is there in time, all of it, and no larger than it may be, or there is none. A
 * request's own time-out holds for the headers of its answer alone.
 */
public final class Exchanges {

    private static final int LARGEST_REFUSAL = 64 << 10;

    private final HttpClient http;
    private final Duration limit;

    public Exchanges(HttpClient http, Duration limit) {
        this.http = http;
        this.limit = limit;
    }

    /**
     * An answer that goes on.
     *
     * @param stream empty unless the status is 200
     * @param refusal what is said with any other
     */
    public record Answer(InputStream stream, String refusal) {}

    /** @param largest in bytes */
    public HttpResponse<String> send(HttpRequest request, int largest) throws IOException, InterruptedException {
        return send(request, BodyHandlers.limiting(BodyHandlers.ofString(), largest), late -> {});
    }

    /** The stream itself has no limit. */
    public HttpResponse<Answer> open(HttpRequest request) throws IOException, InterruptedException {
        return send(
                request,
                head -> head.statusCode() == 200
                        ? BodySubscribers.mapping(BodySubscribers.ofInputStream(), stream -> new Answer(stream, ""))
                        : BodySubscribers.mapping(
                                BodyHandlers.limiting(BodyHandlers.ofString(), LARGEST_REFUSAL).apply(head),
                                said -> new Answer(InputStream.nullInputStream(), said)),
                late -> close(late.stream()));
    }

    private <T> HttpResponse<T> send(HttpRequest request, BodyHandler<T> handler, Consumer<T> late) throws IOException, InterruptedException {
        var answer = http.sendAsync(request, handler);
        try {
            return answer.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException failure ? failure : new IOException(String.valueOf(e.getCause().getMessage()), e.getCause());
        } catch (TimeoutException e) {
            giveUp(answer, late);
            throw new HttpTimeoutException("no whole answer within " + limit.toSeconds() + "s");
        } catch (InterruptedException e) {
            giveUp(answer, late);
            throw e;
        }
    }

    private static <T> void giveUp(CompletableFuture<HttpResponse<T>> answer, Consumer<T> late) {
        answer.thenAccept(it -> late.accept(it.body()));
        answer.cancel(true);
    }

    public static void close(InputStream stream) {
        try {
            stream.close();
        } catch (IOException e) {
            // it is over
        }
    }
}
