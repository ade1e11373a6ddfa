// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.sample;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/** Takes sampled calls away that are older than they are kept. */
@Component
public class OldSamples {

    private static final Logger log = LoggerFactory.getLogger(OldSamples.class);
    private static final int MOST_AT_ONCE = 1_000;
    /** No sweep holds the database up for longer than this takes; what is left is the next one's. */
    private static final int MOST_STATEMENTS = 500;

    private final SampledCalls calls;

    OldSamples(SampledCalls calls) {
        this.calls = calls;
    }

    @Scheduled(initialDelayString = "PT10M", fixedDelayString = "PT1H")
    public void sweep() {
        try {
            for (int statement = 0; statement < MOST_STATEMENTS && calls.forgetOld(MOST_AT_ONCE) == MOST_AT_ONCE; statement++) {
                log.debug("{} old samples are gone", MOST_AT_ONCE);
            }
        } catch (DataAccessException | TransactionException e) {
            log.warn("old samples stay until the next time: {}", e.toString());
        }
    }
}
