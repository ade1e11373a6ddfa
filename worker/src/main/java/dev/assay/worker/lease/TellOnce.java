// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.lease;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.client.RestClientException;

/** Tells an outcome until it is taken or refused. Repeating is harmless; giving up costs the whole attempt. */
public final class TellOnce {

    private static final Logger LOG = LoggerFactory.getLogger(TellOnce.class);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

    /** One try. */
    public interface Telling {
        void tell() throws LeaseLostException;
    }

    private TellOnce() {}

    /** @throws LeaseLostException if it was refused, or nobody was there to hear it for so long that the lease must be lost */
    public static void until(Duration limit, Telling telling) throws LeaseLostException, InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        var pause = Duration.ofMillis(100);
        while (true) {
            try {
                telling.tell();
                return;
            } catch (RestClientException e) {
                if (System.nanoTime() - end >= 0) {
                    LOG.error("an outcome could not be told: {}", e.toString());
                    throw new LeaseLostException();
                }
                Thread.sleep(pause);
                pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
            }
        }
    }
}
