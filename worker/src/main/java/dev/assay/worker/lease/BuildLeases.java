// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.lease;

import dev.assay.contracts.internal.BuildLease;
import dev.assay.contracts.internal.BuildOutcome;
import dev.assay.contracts.internal.BuildProgress;
import dev.assay.contracts.internal.LeaseRenewed;
import dev.assay.contracts.internal.LeaseRequest;
import dev.assay.kit.rest.InternalRest;
import dev.assay.worker.WorkerSettings;
import java.time.Duration;
import java.util.Optional;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;
import org.springframework.web.client.HttpClientErrorException;
import org.springframework.web.client.RestClient;

/** What a worker says to environment-service about builds. */
@Component
public class BuildLeases {

    private final RestClient environments;
    private final WorkerSettings settings;

    BuildLeases(InternalRest rest, @Value("${assay.environment-url}") String environmentUrl, WorkerSettings settings) {
        this.environments = rest.forWorker(environmentUrl, "environment-service");
        this.settings = settings;
    }

    /** Waits a while for a build to work on. */
    public Optional<BuildLease> next() {
        return Optional.ofNullable(environments.post()
                .uri("/internal/builds/leases")
                .body(new LeaseRequest(null, settings.poll().toMillis(), null))
                .retrieve()
                .body(BuildLease.class));
    }

    public LeaseKeeper.Held progress(BuildLease lease, BuildProgress progress) throws LeaseLostException {
        try {
            var renewed = environments.post()
                    .uri("/internal/builds/{build}/progress", lease.build())
                    .body(progress)
                    .retrieve()
                    .body(LeaseRenewed.class);
            return new LeaseKeeper.Held(Duration.ofMillis(renewed.ttlMillis()), renewed.cancel());
        } catch (HttpClientErrorException e) {
            throw RunLeases.lost(e);
        }
    }

    public void report(BuildLease lease, BuildOutcome outcome) throws LeaseLostException {
        try {
            environments.post().uri("/internal/builds/{build}/outcome", lease.build()).body(outcome).retrieve().toBodilessEntity();
        } catch (HttpClientErrorException e) {
            throw RunLeases.lost(e);
        }
    }
}
