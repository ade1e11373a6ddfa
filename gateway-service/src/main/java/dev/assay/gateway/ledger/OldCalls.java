// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.ledger;

import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/** Takes calls away that are older than they are kept. What the hours have added up stays. */
@Component
class OldCalls {

    private static final Logger log = LoggerFactory.getLogger(OldCalls.class);
    private static final int MOST_AT_ONCE = 5_000;
    /** No sweep holds the database up for longer than this takes; what is left is the next one's. */
    private static final int MOST_STATEMENTS = 200;

    private final JdbcClient jdbc;
    private final Clock clock;
    private final Duration keep;

    OldCalls(JdbcClient jdbc, Clock clock, @Value("${assay.ledger.keep}") Duration keep) {
        this.jdbc = jdbc;
        this.clock = clock;
        this.keep = keep;
    }

    @Scheduled(fixedDelayString = "PT1H", initialDelayString = "PT2M")
    void sweep() {
        try {
            for (var statement = 0; statement < MOST_STATEMENTS && remove() == MOST_AT_ONCE; statement++) {
                log.debug("{} old calls are gone", MOST_AT_ONCE);
            }
        } catch (DataAccessException | TransactionException e) {
            log.warn("old calls stay until the next time: {}", e.toString());
        }
    }

    private int remove() {
        return jdbc.sql("delete from calls where ctid = any (array (select ctid from calls where at < :before limit :most))")
                .param("before", clock.instant().minus(keep).atOffset(ZoneOffset.UTC))
                .param("most", MOST_AT_ONCE)
                .update();
    }
}
