// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.lease;

import dev.assay.contracts.Failure;
import dev.assay.contracts.internal.AskWithdrawal;
import dev.assay.contracts.internal.LeaseRelease;
import dev.assay.contracts.internal.LeaseRequest;
import dev.assay.contracts.internal.Leased;
import dev.assay.contracts.internal.SessionEnd;
import dev.assay.contracts.internal.SessionLease;
import dev.assay.contracts.internal.SessionReady;
import dev.assay.contracts.internal.SessionRenewal;
import dev.assay.kit.rest.InternalRest;
import dev.assay.worker.WorkerSettings;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.stereotype.Component;

/** What a worker says to job-service about sessions. */
@Component
public class SessionLeases {

    private final LeaseDoor jobs;
    private final WorkerSettings settings;

    SessionLeases(InternalRest rest, @Value("${assay.job-url}") String jobUrl, WorkerSettings settings) {
        this.jobs = new LeaseDoor(rest, jobUrl, "job-service", settings.poll());
        this.settings = settings;
    }

    /** Waits a while for sessions to open, of those that need one of these runtimes. */
    public List<SessionLease> next(UUID ask, int free, List<String> runtimes) {
        var request = new LeaseRequest(ask, free, runtimes, settings.poll().toMillis(), null);
        return LeaseDoor.of(jobs.ask("/internal/sessions/leases", request, new ParameterizedTypeReference<Leased<SessionLease>>() {}));
    }

    /** No answer is wanted any more. */
    public void withdraw(UUID ask) {
        jobs.say("/internal/sessions/leases/withdraw", new AskWithdrawal(ask));
    }

    public LeaseKeeper.Held renew(SessionLease lease, int tunnels) throws LeaseLostException {
        return jobs.renew("/internal/sessions/{session}/renew", lease.session(), new SessionRenewal(lease.attempt(), tunnels));
    }

    public void ready(SessionLease lease, String address) throws LeaseLostException {
        jobs.tell("/internal/sessions/{session}/ready", lease.session(), new SessionReady(lease.attempt(), address));
    }

    public void end(SessionLease lease, Failure failure) throws LeaseLostException {
        jobs.tell("/internal/sessions/{session}/end", lease.session(), new SessionEnd(lease.attempt(), failure.detail(), failure.kind()));
    }

    /** @param failure what went wrong in this worker; null: nothing */
    public void release(SessionLease lease, @Nullable String failure) throws LeaseLostException {
        jobs.tell("/internal/sessions/{session}/release", lease.session(), new LeaseRelease(lease.attempt(), failure));
    }
}
