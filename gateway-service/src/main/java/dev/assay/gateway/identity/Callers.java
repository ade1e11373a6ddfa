// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.identity;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.assay.kit.identity.RunKeys;
import dev.assay.kit.identity.RunKeys.RunKey;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.stream.Collectors;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/** Who stands behind a key. Answers are kept for two seconds: a revoked key opens nothing after that. */
@Component
public class Callers {

    private final KnownKeys<ApiKeys.Holder> people;
    private final RunKeys runKeys;
    private final Cache<String, RunKey> runs;

    @Autowired
    Callers(ApiKeys keys, RunKeys runKeys) {
        this(keys, runKeys, Ticker.systemTicker());
    }

    Callers(ApiKeys keys, RunKeys runKeys, Ticker time) {
        this.people = new KnownKeys<>(
                new KeyLookup<>(hashes -> keys.holders(hashes).stream()
                        .collect(Collectors.toMap(holder -> ByteBuffer.wrap(holder.hash()), holder -> holder))),
                time);
        this.runKeys = runKeys;
        this.runs = KnownKeys.brief(time);
    }

    /** The holder of an API key; empty if it is none, or revoked, or the key of a run. */
    public Optional<Entrant> holder(String key) {
        return person(key).map(holder -> new Entrant(holder.caller(), () -> person(key).isPresent()));
    }

    /** The same, with the key's id. */
    Optional<ApiKeys.Holder> person(String key) {
        var text = new KeyText(key);
        return text.wellFormed(KeyText.PREFIX) ? people.find(text) : Optional.empty();
    }

    /** Which run and attempt the key of a run is for; empty if it is none or has run out. Its signature is not checked for every call. */
    Optional<RunKey> run(String key) {
        return Optional.ofNullable(runs.getIfPresent(key)).or(() -> {
            var good = runKeys.verify(key);
            good.ifPresent(run -> runs.put(key, run));
            return good;
        });
    }
}
