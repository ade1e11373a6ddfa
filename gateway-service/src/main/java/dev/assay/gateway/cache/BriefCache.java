// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.cache;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** Remembers answers for a few seconds, so that a burst of requests asks once, and a change elsewhere still shows soon. */
public final class BriefCache<K, V> {

    private static final int MOST = 10_000;

    private record Answer<V>(V value, Instant expires) {}

    private final ConcurrentHashMap<K, Answer<V>> answers = new ConcurrentHashMap<>();
    private final Duration lifetime;
    private final Clock clock;

    public BriefCache(Duration lifetime, Clock clock) {
        this.lifetime = lifetime;
        this.clock = clock;
    }

    /** The answer for a key, asked for if it is not known or too old. A failure to ask is not remembered. */
    public V get(K key, Function<K, V> ask) {
        var now = clock.instant();
        var known = answers.get(key);
        if (known != null && now.isBefore(known.expires())) {
            return known.value();
        }
        var value = ask.apply(key);
        if (answers.size() >= MOST) {
            answers.values().removeIf(answer -> !now.isBefore(answer.expires()));
            if (answers.size() >= MOST) {
                answers.clear();
            }
        }
        answers.put(key, new Answer<>(value, now.plus(lifetime)));
        return value;
    }

    public void forget(K key) {
        answers.remove(key);
    }
}
