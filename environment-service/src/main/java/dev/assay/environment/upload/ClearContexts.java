// SPDX-License-Identifier: Apache-2.0

package dev.assay.environment.upload;

import dev.assay.kit.blob.Blobs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * Clears away what no build will ever ask for: grants that ran out a day ago and led to no build, and contexts that no upload is of. A
 * context is on the disk before its upload says so; so one that came in the last day is left alone, and who is just saying so waits.
 */
@Component
class ClearContexts {

    private static final Logger log = LoggerFactory.getLogger(ClearContexts.class);
    private static final Duration KEPT = Duration.ofDays(1);
    private static final int FOLDERS = 256;

    private final Uploads uploads;
    private final ReceiveContext received;
    private final Blobs contexts;
    private final Clock clock;

    ClearContexts(Uploads uploads, ReceiveContext received, Blobs contexts, Clock clock) {
        this.uploads = uploads;
        this.received = received;
        this.contexts = contexts;
        this.clock = clock;
    }

    @Scheduled(initialDelayString = "PT10M", fixedDelayString = "PT1H")
    void clear() {
        try {
            var grants = uploads.forgetGrants(KEPT);
            var cleared = 0;
            for (var folder = 0; folder < FOLDERS; folder++) {
                var unused = uploads.unused(contexts.putBefore(clock.instant().minus(KEPT), folder));
                unused.forEach(received::forget);
                cleared += unused.size();
            }
            if (grants + cleared > 0) {
                log.info("{} uploads without a build were forgotten, {} contexts cleared away", grants, cleared);
            }
        } catch (IOException | UncheckedIOException | DataAccessException | TransactionException e) {
            log.warn("contexts that nobody needs stay for another hour: {}", e.toString());
        }
    }
}
