// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.docker;

import com.github.dockerjava.api.async.ResultCallback;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/** What an answer that takes its time brings, piece by piece. */
final class EngineAnswer<T> implements ResultCallback<T> {

    static final Duration FOREVER = Duration.ofMillis(Long.MAX_VALUE);

    private final Consumer<T> pieces;
    private final CompletableFuture<Closeable> begun = new CompletableFuture<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    EngineAnswer(Consumer<T> pieces) {
        this.pieces = pieces;
    }

    /** Asks, and waits for the end; one that is not waited for any more is broken off. */
    void await(Runnable question) throws EngineException, InterruptedException {
        await(question, FOREVER);
    }

    /** The same for so long; false if there was no end by then. */
    boolean await(Runnable question, Duration longest) throws EngineException, InterruptedException {
        try {
            question.run();
            ended.get(longest.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw EngineException.of(e.getCause());
        } catch (RuntimeException e) {
            throw EngineException.of(e);
        } finally {
            close();
        }
    }

    void awaitBegun(Runnable question) throws EngineException, InterruptedException {
        try {
            question.run();
            begun.get();
        } catch (ExecutionException e) {
            throw EngineException.of(e.getCause());
        } catch (RuntimeException e) {
            throw EngineException.of(e);
        }
    }

    @Override
    public void onStart(Closeable connection) {
        begun.complete(connection);
    }

    @Override
    public void onNext(T piece) {
        pieces.accept(piece);
    }

    @Override
    public void onError(Throwable failure) {
        begun.completeExceptionally(failure);
        ended.completeExceptionally(failure);
    }

    @Override
    public void onComplete() {
        ended.complete(null);
    }

    @Override
    public void close() {
        begun.thenAccept(connection -> {
            try {
                connection.close();
            } catch (IOException e) {
                // it is closed
            }
        });
    }
}
