// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.run;

import dev.assay.kit.problem.Problem;
import java.time.Duration;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * Questions for work. A worker asks each until it is answered, or takes it back: one that ends must not be given what it has just given
 * back itself.
 */
@Repository
public class Asks {

    /** Longer than any question waits. */
    private static final Duration KEPT = Duration.ofHours(1);

    private final JdbcClient jdbc;

    Asks(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * To be called before work is given. Until the transaction ends the same question is neither asked nor taken back: whoever comes second
     * waits, and sees what was given.
     *
     * @throws Problem 409 if it was taken back
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public void hold(UUID ask) {
        lock(ask);
        // a statement of its own: it has to see what was done while the lock was waited for
        var withdrawn = jdbc.sql("select exists (select from withdrawn_ask where ask = :ask)")
                .param("ask", ask)
                .query(Boolean.class)
                .single();
        if (withdrawn) {
            throw Problem.conflict("This question was taken back.");
        }
    }

    /** From now on it is given nothing. What it was given before stays with it. */
    @Transactional
    public void withdraw(UUID ask) {
        lock(ask);
        jdbc.sql("insert into withdrawn_ask (ask, at) values (:ask, now()) on conflict do nothing").param("ask", ask).update();
    }

    private void lock(UUID ask) {
        jdbc.sql("select pg_advisory_xact_lock(hashtextextended(:ask, 0))").param("ask", ask.toString()).query(row -> {});
    }

    @Scheduled(fixedDelayString = "PT1H")
    void forget() {
        jdbc.sql("delete from withdrawn_ask where at < now() - make_interval(secs => :kept)").param("kept", KEPT.toSeconds()).update();
    }
}
