// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.identity;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.assay.contracts.internal.RunLiveness;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.RunKeys.RunKey;
import dev.assay.kit.rest.InternalRest;
import java.time.Duration;
import java.util.Objects;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.http.HttpStatusCode;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClient;

/** Whether the attempt that a run's key was made for still holds the run's lease. Known for two seconds after it was asked. */
@Component
public class RunLife {

    private final RestClient jobs;
    private final Cache<RunKey, Boolean> known;

    RunLife(InternalRest rest, @Value("${assay.job-url}") String jobs) {
        this.jobs = rest.forService(jobs, "job-service");
        this.known = Caffeine.newBuilder().maximumSize(10_000).expireAfterWrite(Duration.ofSeconds(2)).build();
    }

    /** @throws org.springframework.web.client.RestClientException if job-service cannot be asked now */
    public boolean lives(Caller holder) {
        return lives(new RunKey(
                holder.team(), Objects.requireNonNull(holder.run()), Objects.requireNonNull(holder.attempt()), holder.model()));
    }

    boolean lives(RunKey key) {
        return known.get(key, this::ask);
    }

    private boolean ask(RunKey key) {
        var answer = jobs.get()
                .uri("/internal/runs/{run}/live?attempt={attempt}", key.run(), key.attempt())
                .retrieve()
                .onStatus(status -> status.isSameCodeAs(HttpStatusCode.valueOf(404)), (request, response) -> {})
                .toEntity(RunLiveness.class);
        var liveness = answer.getBody();
        return answer.getStatusCode().is2xxSuccessful() && liveness != null && liveness.live();
    }
}
