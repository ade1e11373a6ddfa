// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.session;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/** Ends sessions that nobody uses. Not at once after a start: whoever knocked in vain meanwhile is given time to come again. */
@Component
class SessionSweep {

    private static final Logger log = LoggerFactory.getLogger(SessionSweep.class);

    private final Sessions sessions;

    SessionSweep(Sessions sessions) {
        this.sessions = sessions;
    }

    @Scheduled(initialDelayString = "${assay.session.idle}", fixedDelayString = "${assay.sweep.interval}")
    void sweep() {
        try {
            var swept = sessions.sweep();
            if (swept > 0) {
                log.info("{} sessions were unused, or lost their worker", swept);
            }
        } catch (DataAccessException | TransactionException e) {
            log.warn("the sweep of sessions waits: {}", e.toString());
        }
    }
}
