// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.identity;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.assay.contracts.UserId;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import dev.assay.kit.identity.RunKeys;
import dev.assay.kit.identity.RunKeys.RunKey;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * Who stands behind a key. Answers are kept for two seconds: a revoked key opens nothing after that. Keys that nobody has are remembered
 * apart from the good ones, so that however many somebody tries, they push none of those out.
 */
@Component
public class Callers {

    private static final UserId NOBODY = new UserId(new UUID(0, 0));
    private static final Duration BRIEFLY = Duration.ofSeconds(2);
    private static final int MOST = 10_000;

    private final KeyLookup keys;
    private final RunKeys runKeys;
    private final Cache<ByteBuffer, Caller> known;
    private final Cache<ByteBuffer, Boolean> unknown;
    private final Cache<String, RunKey> runs;

    @Autowired
    Callers(KeyLookup keys, RunKeys runKeys) {
        this(keys, runKeys, Ticker.systemTicker());
    }

    Callers(KeyLookup keys, RunKeys runKeys, Ticker time) {
        this.keys = keys;
        this.runKeys = runKeys;
        this.known = brief(time);
        this.unknown = brief(time);
        this.runs = brief(time);
    }

    private static <K, V> Cache<K, V> brief(Ticker time) {
        return Caffeine.newBuilder().maximumSize(MOST).expireAfterWrite(BRIEFLY).ticker(time).build();
    }

    /** The holder of an API key; empty if it is none, or revoked, or the key of a run. */
    public Optional<Entrant> holder(String key) {
        return person(key).map(caller -> new Entrant(caller, () -> person(key).isPresent()));
    }

    private Optional<Caller> person(String key) {
        var text = new KeyText(key);
        if (!text.wellFormed()) {
            return Optional.empty();
        }
        var hash = ByteBuffer.wrap(text.hash());
        if (unknown.getIfPresent(hash) != null) {
            return Optional.empty();
        }
        return Optional.ofNullable(known.get(hash, this::ask));
    }

    /** Asked by one thread at a time for each key; those that waited for it find what it learned. */
    private @Nullable Caller ask(ByteBuffer hash) {
        if (unknown.getIfPresent(hash) != null) {
            return null;
        }
        var found = keys.find(hash);
        if (found.isEmpty()) {
            unknown.put(hash, true);
        }
        return found.map(key -> new Caller(key.team(), key.user(), Role.MEMBER, null)).orElse(null);
    }

    /** Which run and attempt the key of a run is for; empty if it is none or has run out. Its signature is not checked for every call. */
    Optional<RunKey> run(String key) {
        return Optional.ofNullable(runs.getIfPresent(key)).or(() -> {
            var good = runKeys.verify(key);
            good.ifPresent(run -> runs.put(key, run));
            return good;
        });
    }

    static Caller holding(RunKey key) {
        return new Caller(key.team(), NOBODY, Role.RUN, key.run());
    }
}
