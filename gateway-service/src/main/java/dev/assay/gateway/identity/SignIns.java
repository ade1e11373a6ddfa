// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.identity;

import static dev.assay.gateway.identity.Rows.utc;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.assay.gateway.audit.Audit;
import dev.assay.kit.identity.Caller;
import java.nio.ByteBuffer;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The browsers that are signed in. Each holds a token of its own instead of the API key that it was signed in with, and what the key
 * opens it opens no longer than the key does: whoever revokes the key signs its browsers out. One whose person the provider named has no
 * key. Whoever is removed from the team is signed out everywhere.
 */
@Component
class SignIns {

    /** So that a holder who signs in again and again fills no disk: the oldest browser of the key, or of the person, is signed out. */
    static final int MOST_PER_KEY = 100;

    /** What is audited of a sign-in. */
    static final String KIND = "user";

    private static final Logger log = LoggerFactory.getLogger(SignIns.class);

    private final KeyUses uses;
    private final Audit audit;
    private final JdbcClient jdbc;
    private final TransactionTemplate transactions;
    private final Clock clock;
    private final Duration lifetime;
    private final Renewals renewals;
    private final KnownKeys<Holder> known;

    SignIns(
            KeyUses uses, Audit audit, JdbcClient jdbc, TransactionTemplate transactions, Clock clock, Renewals renewals,
            @Value("${assay.sign-in.lifetime}") Duration lifetime) {
        this.uses = uses;
        this.audit = audit;
        this.jdbc = jdbc;
        this.transactions = transactions;
        this.clock = clock;
        this.renewals = renewals;
        this.lifetime = lifetime;
        this.known = new KnownKeys<>(new KeyLookup<>(this::holders), Ticker.systemTicker());
    }

    /**
     * A browser that has just been signed in, with the token that it keeps.
     *
     * @param lifetime of its cookie
     * @param expires when it has to sign in again at the latest
     */
    record SignIn(KeyText token, Holder holder, Duration lifetime, Instant expires) {}

    /**
     * Signs a browser in. It has one sign-in: the token of before opens nothing more, also where somebody else put it there.
     *
     * @param before the token that the browser held; null: none
     */
    SignIn open(Holder holder, @Nullable String before) {
        var opened = transactions.execute(transaction -> {
            if (before != null) {
                end(before);
            }
            return signIn(holder, Term.until(clock.instant().plus(lifetime)));
        });
        if (before != null) {
            forget(before);
        }
        return Objects.requireNonNull(opened);
    }

    /**
     * Signs in the browser of somebody whom the provider has named.
     *
     * @param refreshToken by which the provider is asked later whether they are still there; null: it gave none
     */
    SignIn open(Caller person, @Nullable String refreshToken) {
        return signIn(Holder.without(person), renewals.term(refreshToken));
    }

    SignIn signIn(Holder holder, Term term) {
        var user = holder.caller().user().value();
        var now = clock.instant();
        var token = KeyText.random(KeyText.SIGN_IN_PREFIX);
        transactions.executeWithoutResult(transaction -> {
            makeRoom(holder.key(), user);
            jdbc.sql("""
                            insert into sign_ins (hash, key_id, user_id, created_at, expires_at, ends_at, renewal, ask_at, in_doubt)
                            values (:hash, :key, :user, :now, :expires, :ends, :renewal, :asks, :doubt)
                            """)
                    .param("hash", token.hash())
                    .param("key", holder.key())
                    .param("user", user)
                    .param("now", utc(now))
                    .param("expires", utc(term.expires()))
                    .param("ends", utc(term.ends()))
                    .param("renewal", term.renewal())
                    .param("asks", utc(term.asks()))
                    .param("doubt", term.inDoubt())
                    .update();
            jdbc.sql("update users set last_sign_in = :now where id = :user")
                    .param("now", utc(now))
                    .param("user", user)
                    .update();
            var who = holder.caller();
            audit.changed(who, "session.open", KIND, who.user().toString(), null, Map.of("expires_at", term.ends()));
        });
        holder.use().now(now.toEpochMilli());
        return new SignIn(token, holder, term.cookie(now), term.ends());
    }

    /** What ran out opens nothing even before this. Any number of replicas may sweep at once. */
    @Scheduled(fixedDelayString = "PT10M")
    void sweep() {
        try {
            jdbc.sql("delete from sign_ins where expires_at <= :now").param("now", utc(clock.instant())).update();
        } catch (DataAccessException e) {
            log.warn("sign-ins that ran out stay a little longer: {}", e.toString());
        }
    }

    private void makeRoom(@Nullable UUID key, UUID user) {
        jdbc.sql("""
                        delete from sign_ins where hash in (
                            select hash from sign_ins where user_id = :user and key_id is not distinct from :key::uuid
                            order by created_at desc offset :most)
                        """)
                .param("key", key)
                .param("user", user)
                .param("most", MOST_PER_KEY - 1)
                .update();
    }

    /** Who signed this browser in; empty: nobody did, it was signed out, its time or that of its key is over, or they were removed. */
    Optional<Holder> holder(String token) {
        var text = new KeyText(token);
        return text.wellFormed(KeyText.SIGN_IN_PREFIX) ? known.find(text) : Optional.empty();
    }

    private Map<ByteBuffer, Holder> holders(List<byte[]> hashes) {
        var holders = new HashMap<ByteBuffer, Holder>();
        jdbc.sql("""
                        select s.hash, s.key_id, k.replaced_by, u.team_id, u.id as user_id, u.role, k.scopes, k.expires_at,
                            k.recording, k.recording_mode
                        from sign_ins s join users u on u.id = s.user_id left join api_keys k on k.id = s.key_id
                        where s.hash in (:hashes) and s.expires_at > :now and k.revoked_at is null and u.removed_at is null
                            and (k.expires_at is null or k.expires_at > :now)
                        """)
                .param("hashes", hashes)
                .param("now", utc(clock.instant()))
                .query(row -> {
                    try {
                        holders.put(ByteBuffer.wrap(row.getBytes("hash")), holder(row));
                    } catch (IllegalStateException e) { // of all that are looked up together one that cannot be read ends alone
                        log.error("a browser whose key cannot be read opens nothing: {}", e.getMessage());
                    }
                });
        return holders;
    }

    /** What stood behind a token may have changed just now. */
    void forget(String token) {
        known.forget(new KeyText(token));
    }

    /** Signs a browser out. */
    void close(String token) {
        transactions.executeWithoutResult(transaction -> end(token));
        forget(token);
    }

    /** What has run out by itself is no news. */
    private void end(String token) {
        jdbc.sql("""
                        delete from sign_ins s using users u where s.hash = :hash and u.id = s.user_id
                        returning u.team_id, u.id as user_id, u.role, s.expires_at > :now as stood
                        """)
                .param("hash", new KeyText(token).hash())
                .param("now", utc(clock.instant()))
                .query((row, number) -> row.getBoolean("stood") ? Optional.of(Rows.caller(row, number)) : Optional.<Caller>empty())
                .list()
                .forEach(ended -> ended.ifPresent(this::closed));
    }

    void closed(Caller who) {
        audit.changed(who, "session.close", KIND, who.user().toString(), null, null);
    }

    private Holder holder(ResultSet row) throws SQLException {
        var caller = Rows.caller(row, 0);
        var key = row.getObject("key_id", UUID.class);
        var after = row.getObject("replaced_by", UUID.class);
        return key == null
                ? Holder.without(caller)
                : new Holder(
                        caller, key, after == null ? key : after, ApiKeys.scopes(row), Rows.time(row, "expires_at"),
                        ApiKeys.recording(row), uses.of(key));
    }
}
