// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.recording;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/** Writes recorded answers down. */
@Component
class Keeping {

    private static final Logger log = LoggerFactory.getLogger(Keeping.class);
    private static final int TURNS = 60;
    /** Of whoever waits for the end of its answer. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final RecordingRows rows;
    private final MeterRegistry meters;
    private final Clock clock;

    Keeping(RecordingRows rows, MeterRegistry meters, Clock clock) {
        this.rows = rows;
        this.meters = meters;
        meters.counter("assay.recordings.lost"); // there from the start: a counter that comes with its first count never rises
        this.clock = clock;
    }

    /**
     * Before the answer has ended for its client, if that is soon: else, while the database is away or a file is being loaded into the
     * recording, the answer ends all the same, and for a minute it is tried again.
     */
    void keep(UUID recording, String name, String scope, RecordedCall call) {
        var decided = new CountDownLatch(1);
        Thread.ofVirtual().name("recording").start(() -> {
            for (var turn = 0; turn < TURNS; turn++) {
                if (kept(recording, name, scope, call)) {
                    decided.countDown();
                    return;
                }
                if (!paused()) {
                    return;
                }
            }
            lost(name, "it could not be written down for a minute");
        });
        try {
            decided.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean kept(UUID recording, String name, String scope, RecordedCall call) {
        try {
            if (!rows.add(recording, scope, call, clock.instant())) {
                lost(name, "it is full, or was deleted meanwhile");
            }
            return true;
        } catch (DataIntegrityViolationException e) {
            lost(name, "the database does not take it: " + e.getMostSpecificCause().getMessage());
            return true; // nor will it
        } catch (DataAccessException | TransactionException e) {
            log.warn("an answer cannot be recorded in '{}' just now: {}", name, e.toString());
            return false;
        } catch (RuntimeException e) {
            log.error("an answer cannot be recorded", e);
            lost(name, "writing it down failed");
            return true; // and would again
        }
    }

    void lost(String name, String why) {
        log.error("an answer is missing in the recording '{}': {}", name, why);
        meters.counter("assay.recordings.lost").increment();
    }

    private static boolean paused() {
        try {
            Thread.sleep(Duration.ofSeconds(1));
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
