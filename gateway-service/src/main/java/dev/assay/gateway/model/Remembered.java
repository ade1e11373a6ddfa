// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.model;

import com.github.benmanes.caffeine.cache.Cache;
import dev.assay.kit.cache.Caches;
import dev.assay.kit.web.TimeLeft;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What was read of something that others change. What is older than two seconds is read anew, by one thread, while others go on with what is
 * there; what is wanted shortly before is read anew beside whoever wants it, so that nobody waits for what is wanted all the time. While it
 * cannot be read it stays what it was, and is tried again ten seconds later.
 */
public final class Remembered<K, V> {

    private static final Logger log = LoggerFactory.getLogger(Remembered.class);

    private static final Duration FRESH = Duration.ofSeconds(2);
    private static final Duration SHORTLY = Duration.ofMillis(500);
    private static final Duration RETRY = Duration.ofSeconds(10);
    private static final Duration KEPT = Duration.ofMinutes(10);
    private static final int MOST = 10_000;

    /** @param last what it was; null: nobody knows */
    public interface Source<K, V> {
        V read(K key, @Nullable V last);
    }

    /** @param until on the clock of {@link System#nanoTime()} */
    private record Kept<V>(V value, long until) {

        static <V> Kept<V> until(V value, Duration time) {
            return new Kept<>(value, System.nanoTime() + time.toNanos());
        }

        boolean isOld() {
            return System.nanoTime() - until >= 0;
        }

        boolean isSoonOld() {
            return System.nanoTime() - until >= -SHORTLY.toNanos();
        }
    }

    private final Source<K, V> source;
    private final Cache<K, Kept<V>> known = Caches.builder().maximumSize(MOST).expireAfterWrite(KEPT).build();
    private final Set<K> beingRead = ConcurrentHashMap.newKeySet();

    public Remembered(Source<K, V> source) {
        this.source = (key, last) -> TimeLeft.forOthersToo(() -> source.read(key, last));
    }

    /** @throws RuntimeException the source's, if nothing is known yet */
    public V get(K key) {
        var kept = known.get(key, unknown -> Kept.until(source.read(unknown, null), FRESH));
        if (!kept.isSoonOld() || !beingRead.add(key)) {
            return kept.value();
        }
        if (kept.isOld()) {
            return readAnew(key, kept);
        }
        Thread.ofVirtual().name("reading anew").start(() -> readAnew(key, kept));
        return kept.value();
    }

    /** By whoever has added the key to those that are being read. What was said to have changed meanwhile may not be what was read. */
    private V readAnew(K key, Kept<V> last) {
        try {
            var kept = again(key, last.value());
            known.asMap().compute(key, (same, now) -> now == null || now == last ? kept : now);
            return kept.value();
        } finally {
            beingRead.remove(key);
        }
    }

    /** Whoever asks next reads it anew. */
    public void changed(K key) {
        known.asMap().computeIfPresent(key, (same, kept) -> Kept.until(kept.value(), Duration.ZERO));
    }

    private Kept<V> again(K key, V last) {
        try {
            return Kept.until(source.read(key, last), FRESH);
        } catch (RuntimeException e) {
            log.warn("what is known of {} cannot be read and stays what it was: {}", key, e.getMessage());
            return Kept.until(last, RETRY);
        }
    }
}
