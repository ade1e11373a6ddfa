// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.identity;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.assay.kit.cache.Caches;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What stands behind keys, remembered for two seconds: a revoked key opens nothing after that. Keys that nobody has are remembered
 * apart from the good ones, so that however many somebody tries, they push none of those out. Where nothing may be lost while the database
 * is away, what was known last goes on: nobody can revoke a key meanwhile either.
 */
final class KnownKeys<T> {

    static final Duration BRIEFLY = Duration.ofSeconds(2);
    /** How long the database is waited for by what goes on without it. */
    static final Duration PATIENCE = Duration.ofSeconds(1);
    /** How long it goes on without it. */
    static final Duration HOLDS = Duration.ofHours(1);
    static final int MOST = 10_000;

    private final KeyLookup<T> keys;
    private final Cache<ByteBuffer, T> known;
    private final Cache<ByteBuffer, T> lastKnown;
    private final Cache<ByteBuffer, Boolean> unknown;
    private final Map<ByteBuffer, Question<T>> asking = new ConcurrentHashMap<>();
    private final Ticker time;

    /** @param since by the ticker */
    private record Question<T>(CompletableFuture<Optional<T>> answer, long since) {}

    KnownKeys(KeyLookup<T> keys, Ticker time) {
        this.keys = keys;
        this.time = time;
        this.known = brief(time);
        this.lastKnown = Caches.builder().maximumSize(MOST).expireAfterWrite(HOLDS).ticker(time).build();
        this.unknown = brief(time);
    }

    static <K, V> Cache<K, V> brief(Ticker time) {
        return Caches.builder().maximumSize(MOST).expireAfterWrite(BRIEFLY).ticker(time).build();
    }

    Optional<T> find(KeyText text) {
        return find(text, hash -> true);
    }

    /** @param worthAsking whether the database may know a hash that is not remembered */
    Optional<T> find(KeyText text, Predicate<ByteBuffer> worthAsking) {
        var hash = ByteBuffer.wrap(text.hash());
        var found = known.getIfPresent(hash);
        if (found != null) {
            return Optional.of(found);
        }
        if (unknown.getIfPresent(hash) != null || !worthAsking.test(hash)) {
            return Optional.empty();
        }
        return Optional.ofNullable(known.get(hash, this::ask));
    }

    /** Of a key that was good within the last hour: what stood behind it then, if the database fails or does not say soon. */
    Optional<T> findOrLastKnown(KeyText text) {
        var hash = ByteBuffer.wrap(text.hash());
        var last = lastKnown.getIfPresent(hash);
        if (last == null || known.getIfPresent(hash) != null) {
            return find(text);
        }
        var question = asking.computeIfAbsent(hash, unasked -> ask(text, unasked));
        var left = PATIENCE.toNanos() - (time.read() - question.since());
        try {
            return question.answer().get(Math.max(0, left), TimeUnit.NANOSECONDS);
        } catch (ExecutionException | TimeoutException e) {
            return Optional.of(last);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.of(last);
        }
    }

    /** Once for all who want to know, however long it takes. */
    private Question<T> ask(KeyText text, ByteBuffer hash) {
        var question = new Question<>(new CompletableFuture<Optional<T>>(), time.read());
        Thread.startVirtualThread(() -> {
            try {
                question.answer().complete(find(text));
            } catch (RuntimeException | Error e) {
                question.answer().completeExceptionally(e);
            } finally {
                asking.remove(hash, question);
            }
        });
        return question;
    }

    void forget(KeyText text) {
        var hash = ByteBuffer.wrap(text.hash());
        known.invalidate(hash);
        lastKnown.invalidate(hash);
    }

    /** Asked by one thread at a time for each key; those that waited for it find what it learned. */
    private @Nullable T ask(ByteBuffer hash) {
        if (unknown.getIfPresent(hash) != null) {
            return null;
        }
        var found = keys.find(hash);
        found.ifPresentOrElse(
                one -> lastKnown.put(hash, one),
                () -> {
                    lastKnown.invalidate(hash);
                    unknown.put(hash, true);
                });
        return found.orElse(null);
    }
}
