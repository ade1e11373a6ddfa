// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.lease;

import dev.assay.job.run.Queue;
import java.util.function.IntSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/** Looks for what ran out. Any number of replicas may do so at once. */
@Component
class Sweeper {

    private static final Logger log = LoggerFactory.getLogger(Sweeper.class);

    private final Queue queue;

    Sweeper(Queue queue) {
        this.queue = queue;
    }

    @Scheduled(fixedDelayString = "${assay.sweep.interval}")
    void sweep() {
        unlessTheDatabaseIsAway(() -> {
            untilNothingIsLeft(queue::sweepLeases, "leases ran out");
            untilNothingIsLeft(queue::sweepLate, "runs were out of time before a worker had them");
            untilNothingIsLeft(queue::sweepSilent, "runs were abandoned by their clients");
        });
    }

    @Scheduled(initialDelayString = "PT1H", fixedDelayString = "PT1H")
    void forget() {
        unlessTheDatabaseIsAway(() -> untilNothingIsLeft(queue::forgetCancelledAhead, "cancellations of runs that never came are forgotten"));
    }

    private static void unlessTheDatabaseIsAway(Runnable sweep) {
        try {
            sweep.run();
        } catch (DataAccessException | TransactionException e) {
            log.warn("the sweep waits: {}", e.toString());
        }
    }

    private static void untilNothingIsLeft(IntSupplier step, String what) {
        for (var swept = step.getAsInt(); swept > 0; swept = step.getAsInt()) {
            log.info("{} {}", swept, what);
        }
    }
}
