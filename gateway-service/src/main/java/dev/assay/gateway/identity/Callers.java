// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.identity;

import dev.assay.contracts.RunId;
import dev.assay.contracts.UserId;
import dev.assay.gateway.cache.BriefCache;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import dev.assay.kit.identity.RunKeys;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/** Who stands behind a key. Answers are kept for two seconds: a revoked key opens nothing after that. */
@Component
public class Callers {

    private static final Logger log = LoggerFactory.getLogger(Callers.class);
    private static final UserId NOBODY = new UserId(new UUID(0, 0));

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
        return known.get(HexFormat.of().formatHex(hash), unused -> keys.holder(hash)
                .filter(found -> MessageDigest.isEqual(found.hash(), hash))
                .map(ApiKeys.Holder::caller));
    }

    /** Whether an API key that has opened something lasting still would. While that cannot be found out, it does. */
    public boolean stillHeld(String key) {
        try {
            return member(key).isPresent();
        } catch (DataAccessException | TransactionException e) {
            log.warn("cannot look up a key just now: {}", e.toString());
            return true;
        }
    }

    /** Which run and attempt the key of a run is for; empty if it is none or has run out. */
    Optional<RunKeys.RunKey> run(String key) {
        return runKeys.verify(key);
    }

    static Caller holding(RunKeys.RunKey key) {
        RunId run = key.run();
        return new Caller(key.team(), NOBODY, Role.RUN, run);
    }
}
