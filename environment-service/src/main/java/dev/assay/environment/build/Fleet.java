// SPDX-License-Identifier: Apache-2.0

package dev.assay.environment.build;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import dev.assay.contracts.internal.WorkersHere;
import dev.assay.kit.rest.InternalRest;
import java.time.Duration;
import java.util.Optional;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;

/** Which workers are here, as job-service knows them; asked only while a build waits that depends on it. */
@Component
class Fleet {

    private static final Duration FRESH = Duration.ofSeconds(2);

    private final RestClient jobs;
    private final LoadingCache<Boolean, Optional<WorkersHere>> here = Caffeine.newBuilder().expireAfterWrite(FRESH).build(any -> ask());

    Fleet(InternalRest rest, @Value("${assay.job-url}") String jobUrl) {
        this.jobs = rest.forService(jobUrl, "job-service");
    }

    /** Empty while nobody can say. */
    Optional<WorkersHere> here() {
        return here.get(true);
    }

    /** Whether it is certain that no worker that is here has a container engine. */
    boolean hasNoEngine() {
        return here().filter(known -> !known.kinds().isEmpty() && !known.kinds().contains(Waiting.ENGINE)).isPresent();
    }

    /** As if two seconds had passed. */
    void forget() {
        here.invalidateAll();
    }

    private Optional<WorkersHere> ask() {
        try {
            return Optional.ofNullable(jobs.get().uri("/internal/workers/here").retrieve().body(WorkersHere.class));
        } catch (RestClientException e) {
            return Optional.empty();
        }
    }
}
