// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.lease;

import dev.assay.contracts.internal.BuildLease;
import dev.assay.contracts.internal.BuildOutcome;
import dev.assay.contracts.internal.BuildProgress;
import dev.assay.contracts.internal.LeaseRelease;
import dev.assay.contracts.internal.LeaseRequest;
import dev.assay.kit.rest.InternalRest;
import dev.assay.worker.WorkerSettings;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.stereotype.Component;

/** What a worker says to environment-service about builds. */
@Component
public class BuildLeases {

    private final LeaseDoor environments;
    private final WorkerSettings settings;

    BuildLeases(InternalRest rest, @Value("${assay.environment-url}") String environmentUrl, WorkerSettings settings) {
        this.environments = new LeaseDoor(rest, environmentUrl, "environment-service", settings.poll());
        this.settings = settings;
    }

    /**
     * Waits a while for a build to work on.
     *
     * @param kinds the runtimes that this worker has just now
     */
    public List<BuildLease> next(UUID ask, List<String> kinds) {
        var request = new LeaseRequest(ask, 1, kinds, settings.poll().toMillis(), null);
        return Stream.ofNullable(environments.ask("/internal/builds/leases", request, new ParameterizedTypeReference<BuildLease>() {})).toList();
    }

    public LeaseKeeper.Held progress(BuildLease lease, BuildProgress progress) throws LeaseLostException {
        return environments.renew("/internal/builds/{build}/progress", lease.build(), progress);
    }

    public void release(BuildLease lease, @Nullable String failure) throws LeaseLostException {
        environments.tell("/internal/builds/{build}/release", lease.build(), new LeaseRelease(lease.attempt(), failure));
    }

    public void report(BuildLease lease, BuildOutcome outcome) throws LeaseLostException {
        environments.tellLarge("/internal/builds/{build}/outcome", lease.build(), outcome);
    }
}
