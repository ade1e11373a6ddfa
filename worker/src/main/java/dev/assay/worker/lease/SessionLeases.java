// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.lease;

import dev.assay.contracts.internal.LeaseRenewed;
import dev.assay.contracts.internal.LeaseRequest;
import dev.assay.contracts.internal.SessionEnd;
import dev.assay.contracts.internal.SessionLease;
import dev.assay.contracts.internal.SessionReady;
import dev.assay.contracts.internal.SessionRenewal;
import dev.assay.kit.rest.InternalRest;
import dev.assay.worker.WorkerSettings;
import java.time.Duration;
import java.util.Optional;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;
import org.springframework.web.client.HttpClientErrorException;
import org.springframework.web.client.RestClient;

/** What a worker says to job-service about sessions. */
@Component
public class SessionLeases {

    private final RestClient jobs;
    private final WorkerSettings settings;

    SessionLeases(InternalRest rest, @Value("${assay.job-url}") String jobUrl, WorkerSettings settings) {
        this.jobs = rest.forWorker(jobUrl, "job-service");
        this.settings = settings;
    }

    /** Waits a while for a session to open. */
    public Optional<SessionLease> next() {
        return Optional.ofNullable(jobs.post()
                .uri("/internal/sessions/leases")
                .body(new LeaseRequest(null, settings.poll().toMillis(), null))
                .retrieve()
                .body(SessionLease.class));
    }

    public LeaseKeeper.Held renew(SessionLease lease, int tunnels) throws LeaseLostException {
        try {
            var renewed = jobs.post()
                    .uri("/internal/sessions/{session}/renew", lease.session())
                    .body(new SessionRenewal(lease.attempt(), tunnels))
                    .retrieve()
                    .body(LeaseRenewed.class);
            return new LeaseKeeper.Held(Duration.ofMillis(renewed.ttlMillis()), renewed.cancel());
        } catch (HttpClientErrorException e) {
            throw RunLeases.lost(e);
        }
    }

    public void ready(SessionLease lease, String address) throws LeaseLostException {
        tell("/internal/sessions/{session}/ready", lease, new SessionReady(lease.attempt(), address));
    }

    public void end(SessionLease lease, String error) throws LeaseLostException {
        tell("/internal/sessions/{session}/end", lease, new SessionEnd(lease.attempt(), error));
    }

    private void tell(String path, SessionLease lease, Object body) throws LeaseLostException {
        try {
            jobs.post().uri(path, lease.session()).body(body).retrieve().toBodilessEntity();
        } catch (HttpClientErrorException e) {
            throw RunLeases.lost(e);
        }
    }
}
