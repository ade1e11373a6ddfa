// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.run;

import java.time.Duration;
import java.util.Collection;
import java.util.Set;
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
     * To be called before work is given. Until the transaction ends the same questions are neither asked nor taken back: whoever comes
     * second waits, and sees what was given.
     *
     * @return those that were taken back
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public Set<UUID> hold(Collection<UUID> asks) {
        var all = asks.toArray(UUID[]::new);
        lock(all);
        // a statement of its own: it has to see what was done while the locks were waited for
        return jdbc.sql("select ask from withdrawn_ask where ask = any(:asks::uuid[])").param("asks", all).query(UUID.class).set();
    }

    /** From now on it is given nothing. Until the transaction ends what it was given before stays with it. */
    @Transactional(propagation = Propagation.MANDATORY)
    public void withdraw(UUID ask) {
        lock(ask);
        jdbc.sql("insert into withdrawn_ask (ask, at) values (:ask, now()) on conflict do nothing").param("ask", ask).update();
    }

    /** In one order for all. */
    private void lock(UUID... asks) {
        jdbc.sql(
                        """
                        select pg_advisory_xact_lock(id)
                        from (select hashtextextended(ask::text, 0) as id from unnest(:asks::uuid[]) as ask order by id) as ids
                        """)
                .param("asks", asks)
                .query(row -> {});
    }

    @Scheduled(fixedDelayString = "PT1H")
    void forget() {
        jdbc.sql("delete from withdrawn_ask where at < now() - make_interval(secs => :kept)").param("kept", KEPT.toSeconds()).update();
    }
}
