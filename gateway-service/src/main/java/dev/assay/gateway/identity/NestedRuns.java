// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.identity;

import com.github.benmanes.caffeine.cache.Cache;
import dev.assay.contracts.RunId;
import dev.assay.contracts.internal.RunNested;
import dev.assay.kit.cache.Caches;
import dev.assay.kit.identity.RunKeys.RunKey;
import dev.assay.kit.rest.InternalRest;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClient;

/**
 * Which runs were begun inside others, with those others' keys, while the attempt of such a key lives. Known for two seconds after it was
 * asked; asked only so often for one key, whose holder may make up any number of ids.
 */
@Component
class NestedRuns {

    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final int REMEMBERED = 10_000;
    private static final int MOST_A_SECOND = 20;

    private final RestClient jobs;
    private final Cache<Pair, Boolean> known = brief(Duration.ofSeconds(2));
    private final Cache<RunKey, AtomicInteger> asked = brief(Duration.ofSeconds(1));

    private record Pair(RunId run, RunKey key) {}

    NestedRuns(InternalRest rest, @Value("${assay.job-url}") String jobs) {
        this.jobs = rest.forService(jobs, "job-service", PATIENCE);
    }

    private static <K, V> Cache<K, V> brief(Duration time) {
        return Caches.builder().maximumSize(REMEMBERED).expireAfterWrite(time).build();
    }

    /** @throws org.springframework.web.client.RestClientException if job-service cannot be asked now */
    boolean isInside(RunId run, RunKey key) {
        var pair = new Pair(run, key);
        var before = known.getIfPresent(pair);
        if (before != null) {
            return before;
        }
        if (asked.get(key, unused -> new AtomicInteger()).incrementAndGet() > MOST_A_SECOND) {
            return false;
        }
        var answer = jobs.get()
                .uri("/internal/runs/{run}/nested?root={root}&attempt={attempt}", run, key.run(), key.attempt())
                .retrieve()
                .body(RunNested.class);
        var nested = answer != null && answer.nested();
        known.put(pair, nested);
        return nested;
    }
}
