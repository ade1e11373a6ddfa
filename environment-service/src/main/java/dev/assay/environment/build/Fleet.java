// SPDX-License-Identifier: Apache-2.0

package dev.assay.environment.build;

import dev.assay.contracts.internal.WorkersHere;
import dev.assay.kit.rest.InternalRest;
import dev.assay.kit.signal.WorkSignal;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;

/** Which workers are here, as job-service knows them; asked only while a build waits. Nobody waits for the answer. */
@Component
class Fleet {

    private static final Duration FRESH = Duration.ofSeconds(2);
    private static final Duration GOOD = Duration.ofSeconds(30);

    private final RestClient jobs;
    private final WorkSignal signal;
    private final AtomicBoolean asking = new AtomicBoolean();
    private volatile @Nullable Known known;

    private record Known(Optional<WorkersHere> here, long at) {

        boolean isOlderThan(Duration age) {
            return System.nanoTime() - at > age.toNanos();
        }
    }

    Fleet(InternalRest rest, @Value("${assay.job-url}") String jobUrl, WorkSignal signal) {
        this.jobs = rest.forService(jobUrl, "job-service");
        this.signal = signal;
    }

    /** Empty while nobody can say. */
    Optional<WorkersHere> here() {
        var last = known;
        if ((last == null || last.isOlderThan(FRESH)) && asking.compareAndSet(false, true)) {
            Thread.ofVirtual().name("fleet").start(this::askAndTell);
        }
        return last == null || last.isOlderThan(GOOD) ? Optional.empty() : last.here();
    }

    /** Whether it is certain that no worker that is here has a container engine. */
    boolean hasNoEngine() {
        return here().filter(found -> !found.kinds().isEmpty() && !found.kinds().contains(Waiting.ENGINE)).isPresent();
    }

    private void askAndTell() {
        try {
            var last = known;
            ask();
            if (last == null || last.isOlderThan(GOOD)) {
                signal.arrived(); // whoever looked meanwhile did not know
            }
        } finally {
            asking.set(false);
        }
    }

    /** Now; one at a time, so that a newer answer is not followed by an older one. */
    synchronized void ask() {
        Optional<WorkersHere> here;
        try {
            here = Optional.ofNullable(jobs.get().uri("/internal/workers/here").retrieve().body(WorkersHere.class));
        } catch (RestClientException e) {
            here = Optional.empty();
        }
        known = new Known(here, System.nanoTime());
    }
}
