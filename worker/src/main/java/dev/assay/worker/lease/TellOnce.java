// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.lease;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatusCode;
import org.springframework.web.client.HttpClientErrorException;
import org.springframework.web.client.RestClientException;

/** Tells an outcome until it is taken or refused. Repeating is harmless; giving up costs the whole attempt. */
public final class TellOnce {

    private static final Logger LOG = LoggerFactory.getLogger(TellOnce.class);
    private static final Duration GIVING_BACK = Duration.ofSeconds(4);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

    /** One try. */
    public interface Telling {
        void tell() throws LeaseLostException;
    }

    private TellOnce() {}

    /** Gives a lease back, as far as somebody is there to take it: otherwise it runs out. */
    public static void giveBack(String what, Telling release) {
        try {
            until(GIVING_BACK, release);
        } catch (LeaseLostException e) {
            LOG.info("{} was not given back: its lease is lost", what);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** What may be over the next time: not known yet (keys change hands), too late, too much at once. */
    public static boolean isPassing(HttpStatusCode status) {
        return status.value() == 401 || status.value() == 403 || status.value() == 408 || status.value() == 429;
    }

    /**
     * @throws LeaseLostException if it is another's word that counts, or nobody was there to hear it for so long that the lease must be lost
     * @throws HttpClientErrorException if what is told is refused: it would be again
     */
    public static void until(Duration limit, Telling telling) throws LeaseLostException, InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        var pause = Duration.ofMillis(100);
        while (true) {
            try {
                telling.tell();
                return;
            } catch (RestClientException e) {
                if (e instanceof HttpClientErrorException refused && !isPassing(refused.getStatusCode())) {
                    throw refused;
                }
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
