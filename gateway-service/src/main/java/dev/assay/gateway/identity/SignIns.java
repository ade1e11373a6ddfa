// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.identity;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.assay.contracts.TeamId;
import dev.assay.contracts.UserId;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import java.nio.ByteBuffer;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
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
 * opens it opens no longer than the key does: whoever revokes the key signs its browsers out.
 */
@Component
class SignIns {

    /** So that a key whose holder signs in again and again fills no disk: the oldest browser is signed out. */
    static final int MOST_PER_KEY = 100;

    private static final Logger log = LoggerFactory.getLogger(SignIns.class);

    private final Callers callers;
    private final JdbcClient jdbc;
    private final TransactionTemplate transactions;
    private final Clock clock;
    private final Duration lifetime;
    private final KnownKeys<Caller> known;

    SignIns(
            Callers callers, JdbcClient jdbc, TransactionTemplate transactions, Clock clock,
            @Value("${assay.sign-in.lifetime}") Duration lifetime) {
        this.callers = callers;
        this.jdbc = jdbc;
        this.transactions = transactions;
        this.clock = clock;
        this.lifetime = lifetime;
        this.known = new KnownKeys<>(new KeyLookup<>(this::holders), Ticker.systemTicker());
    }

    /** A browser that has just been signed in, with the token that it keeps. */
    record SignIn(KeyText token, Caller caller, Duration lifetime, Instant expires) {}

    /**
     * Signs a browser in; empty if the API key opens nothing. Anybody may try, so nothing is held while the key is looked up: whoever had a
     * connection and waited for {@link KeyLookup} would keep it from the one whose turn it is.
     */
    Optional<SignIn> open(String key) {
        return callers.person(key).map(this::signIn);
    }

    private SignIn signIn(ApiKeys.Holder holder) {
        var now = clock.instant();
        var token = KeyText.random(KeyText.SIGN_IN_PREFIX);
        var expires = now.plus(lifetime);
        transactions.executeWithoutResult(transaction -> {
            makeRoom(holder.key());
            jdbc.sql("insert into sign_ins (hash, key_id, created_at, expires_at) values (:hash, :key, :now, :expires)")
                    .param("hash", token.hash())
                    .param("key", holder.key())
                    .param("now", utc(now))
                    .param("expires", utc(expires))
                    .update();
        });
        return new SignIn(token, holder.caller(), lifetime, expires);
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

    private void makeRoom(UUID key) {
        jdbc.sql("""
                        delete from sign_ins where hash in (
                            select hash from sign_ins where key_id = :key order by created_at desc offset :most)
                        """)
                .param("key", key)
                .param("most", MOST_PER_KEY - 1)
                .update();
    }

    /** Who signed this browser in; empty if nobody did, it was signed out, its time is over, or the key was revoked. */
    Optional<Caller> holder(String token) {
        var text = new KeyText(token);
        return text.wellFormed(KeyText.SIGN_IN_PREFIX) ? known.find(text) : Optional.empty();
    }

    private Map<ByteBuffer, Caller> holders(List<byte[]> hashes) {
        var holders = new HashMap<ByteBuffer, Caller>();
        jdbc.sql("""
                        select s.hash, k.team_id, k.user_id, u.role
                        from sign_ins s join api_keys k on k.id = s.key_id join users u on u.id = k.user_id
                        where s.hash in (:hashes) and s.expires_at > :now and k.revoked_at is null
                        """)
                .param("hashes", hashes)
                .param("now", utc(clock.instant()))
                .query(row -> {
                    holders.put(ByteBuffer.wrap(row.getBytes("hash")), caller(row));
                });
        return holders;
    }

    /** Signs a browser out. */
    void close(String token) {
        var text = new KeyText(token);
        jdbc.sql("delete from sign_ins where hash = :hash").param("hash", text.hash()).update();
        known.forget(text);
    }

    private static Caller caller(ResultSet row) throws SQLException {
        var team = new TeamId(row.getObject("team_id", UUID.class));
        return new Caller(team, new UserId(row.getObject("user_id", UUID.class)), Role.valueOf(row.getString("role")));
    }

    private static OffsetDateTime utc(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }
}
