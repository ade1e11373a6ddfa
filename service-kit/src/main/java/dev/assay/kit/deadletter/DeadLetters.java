// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.deadletter;

import dev.assay.contracts.TeamId;
import dev.assay.kit.problem.Problem;
import dev.assay.kit.text.StorableText;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * A service's dead letters: what was accepted and can never be delivered as it is. They lie in a table {@code dead_letter} of the service's
 * own schema, payload and all, so that they are as durable as what they stand for, and every replica sees them. The same letter put twice
 * is one letter. Every one is counted as {@code assay.dead.letters} by queue.
 */
public class DeadLetters {

    /** The counter, by {@code queue}. */
    public static final String COUNTER = "assay.dead.letters";

    /** The counter of those that an operator threw away, by {@code queue}. */
    public static final String DISCARDED = "assay.dead.letters.discarded";

    private static final Logger log = LoggerFactory.getLogger(DeadLetters.class);
    private static final int LONGEST_REASON = 2000;

    private final JdbcClient jdbc;
    private final TransactionTemplate transactions;
    private final Clock clock;
    private final MeterRegistry meters;
    private final ObjectProvider<Resend> resends;

    DeadLetters(JdbcClient jdbc, TransactionTemplate transactions, Clock clock, MeterRegistry meters, ObjectProvider<Resend> resends) {
        this.jdbc = jdbc;
        this.transactions = transactions;
        this.clock = clock;
        this.meters = meters;
        this.resends = resends; // asked for when needed: who sends again may itself set aside
    }

    /**
     * A letter as lists have it, without what is in it.
     *
     * @param seq grows from letter to letter
     * @param size of the payload, in bytes
     */
    record Entry(long seq, DeadLetter letter, long size) {}

    /** What became of a wish to send a letter again. */
    enum Resent {
        SENT,
        /** There is no such letter, or no longer. */
        UNKNOWN,
        /** Nobody here can send letters of its queue. */
        NOBODY
    }

    /** Sets text aside, which is kept as UTF-8; see {@link #put(String, String, TeamId, byte[], String)}. */
    public UUID put(String queue, String key, @Nullable TeamId team, String payload, String reason) {
        return put(queue, key, team, payload.getBytes(StandardCharsets.UTF_8), reason);
    }

    /**
     * Sets aside what cannot be delivered. It is durable on return, or with the transaction that is open: then the queue may let go of it.
     *
     * @param queue of few different names, for it is counted by them
     * @param reason for people; no secrets
     * @return the letter's id
     */
    public UUID put(String queue, String key, @Nullable TeamId team, byte[] payload, String reason) {
        var id = idOf(queue, key, payload);
        jdbc.sql("""
                insert into dead_letter (id, queue, key, team, reason, payload, at)
                values (:id, :queue, :key, :team, :reason, :payload, :at)
                on conflict (id) do update set reason = excluded.reason, at = excluded.at, times = dead_letter.times + 1""")
                .param("id", id)
                .param("queue", StorableText.of(queue))
                .param("key", StorableText.of(key))
                .param("team", team == null ? null : team.value())
                .param("reason", StorableText.of(reason.length() > LONGEST_REASON ? reason.substring(0, LONGEST_REASON) : reason))
                .param("payload", payload)
                .param("at", Timestamp.from(clock.instant()))
                .update();
        meters.counter(COUNTER, "queue", queue).increment();
        log.error("{} cannot deliver what it has for {} and sets it aside as dead letter {}: {}", queue, key, id, reason);
        return id;
    }

    /**
     * The latest first.
     *
     * @param queue of this queue only; null: of all
     * @param before older than this entry; null: from the latest on
     */
    List<Entry> list(@Nullable String queue, @Nullable Long before, int limit) {
        return jdbc.sql("""
                select seq, id, queue, key, team, reason, ''::bytea as payload, octet_length(payload) as size, times, at from dead_letter
                where seq < :before%s order by seq desc limit :limit""".formatted(queue == null ? "" : " and queue = :queue"))
                .param("queue", queue)
                .param("before", before == null ? Long.MAX_VALUE : before)
                .param("limit", limit)
                .query(DeadLetters::entry)
                .list();
    }

    Optional<Entry> find(UUID id) {
        return jdbc.sql("select *, octet_length(payload) as size from dead_letter where id = :id")
                .param("id", id)
                .query(DeadLetters::entry)
                .optional();
    }

    /**
     * Puts a letter on its way again; then it is none any more, unless it cannot be sent now either, which a 409 says. Whoever fails with
     * it once more meanwhile and wants to set it aside again waits at its row until it is gone, so that the new letter is not removed in
     * place of the old one.
     */
    Resent resend(UUID id) {
        return transactions.execute(status -> jdbc.sql("delete from dead_letter where id = :id returning *, octet_length(payload) as size")
                .param("id", id)
                .query(DeadLetters::entry)
                .optional()
                .map(entry -> {
                    var resend = resends.stream().filter(one -> one.queue().equals(entry.letter().queue())).findFirst();
                    resend.ifPresentOrElse(one -> send(entry.letter(), one), status::setRollbackOnly);
                    return resend.isPresent() ? Resent.SENT : Resent.NOBODY;
                })
                .orElse(Resent.UNKNOWN));
    }

    /** Throws a letter away for good. One that is gone already is no trouble. */
    void discard(UUID id) {
        jdbc.sql("delete from dead_letter where id = :id returning queue").param("id", id).query(String.class).optional().ifPresent(queue -> {
            meters.counter(DISCARDED, "queue", queue).increment();
            log.warn("Dead letter {} of {} was discarded by an operator", id, queue);
        });
    }

    private static void send(DeadLetter letter, Resend resend) {
        try {
            resend.send(letter);
        } catch (DataAccessException | TransactionException passing) {
            throw passing;
        } catch (RuntimeException e) {
            throw Problem.conflict("It cannot be delivered now either: " + e);
        }
    }

    private static UUID idOf(String queue, String key, byte[] payload) {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            digest.update((queue + '\0' + key + '\0').getBytes(StandardCharsets.UTF_8));
            var hash = ByteBuffer.wrap(digest.digest(payload));
            return new UUID(hash.getLong(), hash.getLong());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Entry entry(ResultSet row, int number) throws SQLException {
        var team = row.getObject("team", UUID.class);
        return new Entry(
                row.getLong("seq"),
                new DeadLetter(
                        row.getObject("id", UUID.class),
                        row.getString("queue"),
                        row.getString("key"),
                        team == null ? null : new TeamId(team),
                        row.getString("reason"),
                        row.getBytes("payload"),
                        row.getInt("times"),
                        row.getObject("at", OffsetDateTime.class).toInstant()),
                row.getLong("size"));
    }
}
