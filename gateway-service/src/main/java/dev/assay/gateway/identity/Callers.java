// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.identity;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.assay.kit.identity.RunKeys;
import dev.assay.kit.identity.RunKeys.RunKey;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.core.AuthenticationException;
import org.springframework.stereotype.Component;

/** Who stands behind a key. Answers are kept for two seconds: a key that was revoked or has ended opens nothing after that. */
@Component
public class Callers {

    /** From where what is neither counted nor locked out comes. */
    static final Supplier<String> ANYWHERE = () -> "";

    private final KnownKeys<Holder> people;
    private final KeysThereAre thereAre;
    private final LockOut lockOut;
    private final RunKeys runKeys;
    private final Cache<String, RunKey> runs;

    @Autowired
    Callers(ApiKeys keys, KeyUses uses, LockOut lockOut, RunKeys runKeys) {
        this(
                new KeyLookup<>(hashes -> keys.holders(hashes, uses::of)), new KeysThereAre(keys::beginnings, Ticker.systemTicker()),
                lockOut, runKeys, Ticker.systemTicker());
    }

    Callers(KeyLookup<Holder> people, KeysThereAre thereAre, LockOut lockOut, RunKeys runKeys, Ticker time) {
        this.people = new KnownKeys<>(people, time);
        this.thereAre = thereAre;
        this.lockOut = lockOut;
        this.runKeys = runKeys;
        this.runs = KnownKeys.brief(time);
    }

    /**
     * Who may look at what is the team's by this API key; empty if it is none, has ended, is the key of a run, or does not open that.
     *
     * @param address that it came from
     */
    public Optional<Entrant> reader(String key, Supplier<String> address) {
        var holder = person(key, address);
        if (holder.isEmpty()) {
            refusal(key, address);
        }
        return holder.filter(known -> known.scopes().open(KeyScope.READ))
                .map(known -> Entrant.by(
                        known, KeyScope.READ, () -> person(key).filter(still -> still.scopes().open(KeyScope.READ)).isPresent()));
    }

    /** The holder of an API key, as it still stands. */
    Optional<Holder> person(String key) {
        return person(key, ANYWHERE);
    }

    /**
     * The holder of an API key; empty if it is none, or has ended.
     *
     * @param address that it came from, asked for only if the key is not remembered
     */
    Optional<Holder> person(String key, Supplier<String> address) {
        var text = new KeyText(key);
        return text.wellFormed(KeyText.PREFIX)
                ? people.find(text, hash -> address == ANYWHERE || !lockOut.isLocked(address.get()) || thereAre.may(hash))
                : Optional.empty();
    }

    /** The holder of an API key that spans are sent with: they are taken while the database does not answer, too. */
    Optional<Holder> sender(String key, Instant now) {
        var text = new KeyText(key);
        return text.wellFormed(KeyText.PREFIX) ? people.findOrLastKnown(text).filter(holder -> !holder.hasEnded(now)) : Optional.empty();
    }

    /** What the sender of a key is told that opens nothing. It counts as a guess, unless it is a run's, which were signed for. */
    AuthenticationException refusal(String key, Supplier<String> address) {
        return address == ANYWHERE || key.startsWith(RunKeys.PREFIX)
                ? new BadCredentialsException(Entrance.BAD_KEY)
                : lockOut.refusal(address.get(), key, Entrance.BAD_KEY);
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
