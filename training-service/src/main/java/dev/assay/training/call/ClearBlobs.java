// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.call;

import dev.assay.kit.blob.Blobs;
import dev.assay.training.TrainingSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionTemplate;

/** Clears away batches that no step will be made of, and what trainers put and never told of. Checkpoints stay. */
@Component
class ClearBlobs {

    private static final Logger log = LoggerFactory.getLogger(ClearBlobs.class);

    /** A trainer may put a file long before it tells of it. */
    private static final Duration UNTOLD = Duration.ofDays(1);

    private static final int FOLDERS = 256;

    private final BlobsInUse use;
    private final Blobs blobs;
    private final TrainingSettings settings;
    private final TransactionTemplate transactions;
    private final Clock clock;

    ClearBlobs(BlobsInUse use, Blobs blobs, TrainingSettings settings, TransactionTemplate transactions, Clock clock) {
        this.use = use;
        this.blobs = blobs;
        this.settings = settings;
        this.transactions = transactions;
        this.clock = clock;
    }

    @Scheduled(initialDelayString = "PT20M", fixedDelayString = "PT1H")
    void clear() {
        try {
            int batches = use.forgetBatches(settings.keepBatches());
            int cleared = 0;
            for (int folder = 0; folder < FOLDERS; folder++) {
                var old = blobs.putBefore(clock.instant().minus(UNTOLD), folder);
                cleared += old.isEmpty() ? 0 : clear(old);
            }
            if (batches + cleared > 0) {
                log.info("{} batches were forgotten, {} files cleared away", batches, cleared);
            }
        } catch (IOException | UncheckedIOException | DataAccessException | TransactionException e) {
            log.warn("batches that nobody needs stay for another hour: {}", e.toString());
        }
    }

    private int clear(List<String> old) {
        return transactions.execute(status -> {
            use.lock();
            var unused = use.unused(old);
            for (var blob : unused) {
                try {
                    blobs.delete(blob);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
            return unused.size();
        });
    }
}
