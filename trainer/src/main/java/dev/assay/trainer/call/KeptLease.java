// SPDX-License-Identifier: Apache-2.0

package dev.assay.trainer.call;

import dev.assay.contracts.training.CallLease;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatusCode;
import org.springframework.web.client.HttpClientErrorException;
import org.springframework.web.client.HttpServerErrorException;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClientResponseException;

/**
 * Renews one lease until it is closed. Whoever computes asks now and then whether it still holds. One that could not be renewed in time
 * counts as lost even if nobody said so: another trainer may have it.
 */
final class KeptLease implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(KeptLease.class);
    private static final Duration RETRY = Duration.ofMillis(500);
    private static final Duration INSISTENCE = Duration.ofMinutes(5);

    private final CallDoor door;
    private final CallLease lease;
    private final CountDownLatch over = new CountDownLatch(1);
    private volatile long heldUntil;
    private volatile boolean lost;

    private KeptLease(CallDoor door, CallLease lease) {
        this.door = door;
        this.lease = lease;
        this.heldUntil = System.nanoTime() + ttl().toNanos();
    }

    static KeptLease start(CallDoor door, CallLease lease) {
        var kept = new KeptLease(door, lease);
        Thread.ofVirtual().name("lease-keeper").start(kept::keep);
        return kept;
    }

    private Duration ttl() {
        return Duration.ofMillis(lease.ttlMillis());
    }

    private void keep() {
        var pause = ttl().dividedBy(3); // so that two renewals may fail
        try {
            while (!over.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
                long asked = System.nanoTime();
                try {
                    door.renew(lease);
                    heldUntil = asked + ttl().toNanos();
                    pause = ttl().dividedBy(3);
                } catch (LeaseLostException e) {
                    lost = true;
                    return;
                } catch (RuntimeException e) {
                    LOG.warn("the lease of call {} could not be renewed: {}", lease.call().id(), e.toString());
                    pause = RETRY.compareTo(pause) < 0 ? RETRY : pause;
                }
            }
        } catch (InterruptedException e) {
            // nobody does that
        }
    }

    /** @throws LeaseLostException unless the lease holds */
    void check() {
        if (lost || System.nanoTime() - heldUntil > 0) {
            throw new LeaseLostException();
        }
    }

    interface Request<T> {
        T send() throws IOException;
    }

    /** Sends it again and again while nobody is there to answer it, as long as the lease holds; after minutes it is not that. */
    <T> T insist(Request<T> request) throws IOException, InterruptedException {
        long end = System.nanoTime() + INSISTENCE.toNanos();
        while (true) {
            check();
            try {
                return request.send();
            } catch (ResourceAccessException | HttpServerErrorException | HttpClientErrorException e) {
                var refused = e instanceof RestClientResponseException answered && !isPassing(answered.getStatusCode());
                if (refused || System.nanoTime() - end > 0) {
                    throw e;
                }
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                LOG.warn("of call {} something could not be said, trying again: {}", lease.call().id(), e.toString());
                TimeUnit.MILLISECONDS.sleep(RETRY.toMillis());
            }
        }
    }

    /** What may be over the next time: not known yet (keys change hands), too late, too much at once, not there. */
    private static boolean isPassing(HttpStatusCode status) {
        return switch (status.value()) {
            case 401, 403, 408, 429 -> true;
            default -> status.is5xxServerError();
        };
    }

    @Override
    public void close() {
        over.countDown();
    }
}
