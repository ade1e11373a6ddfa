// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.identity;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.assay.contracts.RunId;
import dev.assay.contracts.internal.RunNested;
import dev.assay.kit.identity.RunKeys.RunKey;
import dev.assay.kit.rest.InternalRest;
import java.time.Duration;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClient;

/** Which runs were begun inside others, with those others' keys. One that was stays so; one that was not may be the next moment. */
@Component
class NestedRuns {

    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final int REMEMBERED = 10_000;

    private final RestClient jobs;
    private final Cache<Pair, Boolean> known = Caffeine.newBuilder().maximumSize(REMEMBERED).expireAfterAccess(Duration.ofHours(1)).build();

    private record Pair(RunId run, RunId root) {}

    NestedRuns(InternalRest rest, @Value("${assay.job-url}") String jobs) {
        this.jobs = rest.forService(jobs, "job-service", PATIENCE);
    }

    /** @throws org.springframework.web.client.RestClientException if job-service cannot be asked now */
    boolean isInside(RunId run, RunKey key) {
        var pair = new Pair(run, key.run());
        if (known.getIfPresent(pair) != null) {
            return true;
        }
        var answer = jobs.get().uri("/internal/runs/{run}/nested?root={root}", run, key.run()).retrieve().body(RunNested.class);
        if (answer == null || !answer.nested()) {
            return false;
        }
        known.put(pair, true);
        return true;
    }
}
