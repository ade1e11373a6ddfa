// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.lease;

import dev.assay.contracts.internal.Lease;
import dev.assay.contracts.internal.LeaseRenewal;
import dev.assay.contracts.internal.LeaseRenewed;
import dev.assay.contracts.internal.LeaseRequest;
import dev.assay.contracts.internal.Outcome;
import dev.assay.kit.rest.InternalRest;
import dev.assay.worker.WorkerSettings;
import dev.assay.worker.WorkerSettings.Isolation;
import java.time.Duration;
import java.util.Optional;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.http.HttpStatusCode;
import org.springframework.stereotype.Component;
import org.springframework.web.client.HttpClientErrorException;
import org.springframework.web.client.RestClient;

/** What a worker says to job-service. */
@Component
public class RunLeases {

    private final RestClient jobs;
    private final WorkerSettings settings;

    RunLeases(InternalRest rest, @Value("${assay.job-url}") String jobUrl, WorkerSettings settings) {
        this.jobs = rest.forWorker(jobUrl, "job-service");
        this.settings = settings;
    }

    /** Waits a while for a run to work on. */
    public Optional<Lease> next() {
        return Optional.ofNullable(jobs.post()
                .uri("/internal/leases")
                .body(new LeaseRequest(null, settings.poll().toMillis(), isolation()))
                .retrieve()
                .body(Lease.class));
    }

    /** Who asks for work has walls, or needs none. */
    private String isolation() {
        return settings.isolation() == Isolation.REQUIRED ? "bubblewrap" : "none";
    }

    public LeaseKeeper.Held renew(Lease lease, String phase) throws LeaseLostException {
        try {
            var renewed = jobs.post()
                    .uri("/internal/leases/{run}/renew", lease.run())
                    .body(new LeaseRenewal(lease.attempt(), phase, null))
                    .retrieve()
                    .body(LeaseRenewed.class);
            return new LeaseKeeper.Held(Duration.ofMillis(renewed.ttlMillis()), renewed.cancel());
        } catch (HttpClientErrorException e) {
            throw lost(e);
        }
    }

    public void report(Lease lease, Outcome outcome) throws LeaseLostException {
        try {
            jobs.post().uri("/internal/leases/{run}/outcome", lease.run()).body(outcome).retrieve().toBodilessEntity();
        } catch (HttpClientErrorException e) {
            throw lost(e);
        }
    }

    static LeaseLostException lost(HttpClientErrorException e) throws LeaseLostException {
        if (e.getStatusCode().isSameCodeAs(HttpStatusCode.valueOf(409)) || e.getStatusCode().isSameCodeAs(HttpStatusCode.valueOf(404))) {
            return new LeaseLostException();
        }
        throw e;
    }
}
