// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.lease;

import dev.assay.contracts.VersionId;
import dev.assay.contracts.internal.AskWithdrawal;
import dev.assay.contracts.internal.Lease;
import dev.assay.contracts.internal.LeaseRelease;
import dev.assay.contracts.internal.LeaseRenewal;
import dev.assay.contracts.internal.LeaseRequest;
import dev.assay.contracts.internal.Leased;
import dev.assay.contracts.internal.LeasesRenewed;
import dev.assay.contracts.internal.Outcome;
import dev.assay.contracts.internal.OutcomesTaken;
import dev.assay.contracts.internal.OutcomesTold;
import dev.assay.contracts.internal.RuntimeCredential;
import dev.assay.contracts.internal.RuntimeCredentialAsk;
import dev.assay.contracts.internal.WorkAttempts;
import dev.assay.kit.rest.InternalRest;
import dev.assay.sdk.runtimes.SandboxLabel;
import dev.assay.worker.WorkerSettings;
import dev.assay.worker.WorkerSettings.Isolation;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.stereotype.Component;

/** What a worker says to job-service about runs. */
@Component
public class RunLeases {

    private final LeaseDoor jobs;
    private final WorkerSettings settings;
    private final RenewTogether renewals;
    private final TellTogether outcomes;

    RunLeases(InternalRest rest, @Value("${assay.job-url}") String jobUrl, WorkerSettings settings) {
        this.jobs = new LeaseDoor(rest, jobUrl, "job-service", settings.poll());
        this.settings = settings;
        this.renewals = new RenewTogether(
                leases -> jobs.sayOfAll("/internal/leases/renew", new LeaseRenewal(leases), LeasesRenewed.class));
        this.outcomes = new TellTogether(
                all -> jobs.tellOfAll("/internal/leases/outcomes", new OutcomesTold(all), OutcomesTaken.class));
    }

    /** Waits a while for runs to work on, of those that need one of these runtimes. */
    public List<Lease> next(UUID ask, int free, List<String> runtimes) {
        var request = new LeaseRequest(ask, free, runtimes, settings.poll().toMillis(), isolation());
        return LeaseDoor.of(jobs.ask("/internal/leases", request, new ParameterizedTypeReference<Leased<Lease>>() {}));
    }

    /** No answer is wanted any more. */
    public void withdraw(UUID ask) {
        jobs.say("/internal/leases/withdraw", new AskWithdrawal(ask));
    }

    /** Who asks for work has walls, or needs none. */
    private String isolation() {
        return settings.isolation() == Isolation.REQUIRED ? "bubblewrap" : "none";
    }

    /**
     * @param found which version of its environment was found, if the lease named none
     * @param verifier the same of its verifier's
     */
    public LeaseKeeper.Held renew(Lease lease, String phase, @Nullable VersionId found, @Nullable VersionId verifier)
            throws LeaseLostException {
        return renewals.renew(new LeaseRenewal.OfRun(lease.run(), lease.attempt(), phase, found, verifier));
    }

    /** What opens the account of the team whose run it is. */
    public RuntimeCredential credential(Lease lease, String runtime) throws LeaseLostException {
        return jobs.ask("/internal/leases/{run}/credential", lease.run(), new RuntimeCredentialAsk(lease.attempt(), runtime), RuntimeCredential.class);
    }

    public void report(Lease lease, Outcome outcome) throws LeaseLostException {
        if (!outcomes.isTaken(lease.run(), outcome)) {
            jobs.tellLarge("/internal/leases/{run}/outcome", lease.run(), outcome);
        }
    }

    /**
     * Which of these have no lease any more, of runs and sessions.
     *
     * @throws RuntimeException if job-service does not say
     */
    public Set<SandboxLabel> over(Set<SandboxLabel> labels) {
        return OverLabels.of(labels, asked -> jobs.sayOfAll("/internal/work/over", asked, WorkAttempts.class));
    }

    /** @param failure what went wrong in this worker; null: nothing */
    public void release(Lease lease, @Nullable String failure) throws LeaseLostException {
        jobs.tell("/internal/leases/{run}/release", lease.run(), new LeaseRelease(lease.attempt(), failure));
    }
}
