// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.client;

import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/**
 * The connection that a request came over. Nothing in the servlet API tells that a client has gone while its answer is awaited, and
 * work for nobody should end: a model call costs money, a script may wait for minutes.
 */
public final class ClientConnection {

    static final String ATTRIBUTE = ClientConnection.class.getName();
    private static final long LOOK_MILLIS = 200;

    private final BooleanSupplier gone;

    ClientConnection(BooleanSupplier gone) {
        this.gone = gone;
    }

    /** The connection of a request; one that never seems gone where the server does not tell. */
    public static ClientConnection of(HttpServletRequest request) {
        return request.getAttribute(ATTRIBUTE) instanceof ClientConnection connection ? connection : new ClientConnection(() -> false);
    }

    /**
     * Whether the client has hung up. Ask only once the request's body is read to its end, and from one thread.
     */
    public boolean gone() {
        return gone.getAsBoolean();
    }

    /**
     * Waits for an answer as long as the client does; cancels it when the client has gone.
     *
     * @param bodyRead whether the request's body is read to its end by now
     * @throws ClientGoneException if the client hung up first
     * @throws IOException if the answer failed
     */
    public <T> T await(CompletableFuture<T> answer, BooleanSupplier bodyRead) throws IOException, InterruptedException {
        while (true) {
            try {
                return answer.get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                if (bodyRead.getAsBoolean() && gone()) {
                    answer.cancel(true);
                    throw new ClientGoneException();
                }
            } catch (ExecutionException e) {
                throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
            } catch (InterruptedException e) {
                answer.cancel(true);
                throw e;
            }
        }
    }

    /** Sleeps, but not longer than the client waits. */
    public void sleep(Duration duration) throws IOException, InterruptedException {
        var nothing = new CompletableFuture<Void>().completeOnTimeout(null, duration.toMillis(), TimeUnit.MILLISECONDS);
        await(nothing, () -> true);
    }
}
