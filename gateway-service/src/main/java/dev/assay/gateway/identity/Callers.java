// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.identity;

import dev.assay.gateway.cache.BriefCache;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import dev.assay.kit.identity.RunKeys;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** Who stands behind a key. Answers are kept for two seconds: a revoked key opens nothing after that. */
@Component
public class Callers {

    private final ApiKeys keys;
    private final RunKeys runKeys;
    private final BriefCache<String, Optional<Caller>> known;

    Callers(ApiKeys keys, RunKeys runKeys, Clock clock) {
        this.keys = keys;
        this.runKeys = runKeys;
        this.known = new BriefCache<>(Duration.ofSeconds(2), clock);
    }

    /** Who holds an API key; empty if it is none, or revoked, or the key of a run. */
    public Optional<Caller> member(String key) {
        if (!key.startsWith(KeyText.PREFIX)) {
            return Optional.empty();
        }
        var hash = new KeyText(key).hash();
        return known.get(HexFormat.of().formatHex(hash), unused -> keys.findByHashAndRevokedAtIsNull(hash)
                .filter(found -> MessageDigest.isEqual(found.hash(), hash))
                .map(found -> new Caller(found.team(), found.user(), Role.MEMBER)));
    }

    /** Which run and attempt the key of a run is for; empty if it is none or has run out. */
    Optional<RunKeys.RunKey> run(String key) {
        return runKeys.verify(key);
    }

    static Caller holding(RunKeys.RunKey key) {
        return Caller.holding(key);
    }
}
