// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.identity;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.assay.kit.cache.Caches;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What stands behind keys, remembered for two seconds: a revoked key opens nothing after that. Keys that nobody has are remembered
 * apart from the good ones, so that however many somebody tries, they push none of those out.
 */
final class KnownKeys<T> {

    static final Duration BRIEFLY = Duration.ofSeconds(2);
    static final int MOST = 10_000;

    private final KeyLookup<T> keys;
    private final Cache<ByteBuffer, T> known;
    private final Cache<ByteBuffer, Boolean> unknown;

    KnownKeys(KeyLookup<T> keys, Ticker time) {
        this.keys = keys;
        this.known = brief(time);
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

    void forget(KeyText text) {
        known.invalidate(ByteBuffer.wrap(text.hash()));
    }

    /** Asked by one thread at a time for each key; those that waited for it find what it learned. */
    private @Nullable T ask(ByteBuffer hash) {
        if (unknown.getIfPresent(hash) != null) {
            return null;
        }
        var found = keys.find(hash);
        if (found.isEmpty()) {
            unknown.put(hash, true);
        }
        return found.orElse(null);
    }
}
