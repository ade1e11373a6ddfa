// SPDX-License-Identifier: Apache-2.0

package dev.assay.contracts.internal;

import dev.assay.contracts.RunId;
import dev.assay.contracts.VersionId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code POST /internal/leases/renew}: a worker renews all leases of runs that it holds. Answered with {@link LeasesRenewed}. */
public record LeaseRenewal(List<OfRun> leases) {

    /**
     * One of them.
     *
     * @param phase how far the attempt is: {@code initializing} until the environment answered, then {@code running}
     * @param version which version of its environment the attempt has found, if its lease named none: later attempts get the same
     * @param verifierVersion as {@code version}, of the verifier's environment
     */
    public record OfRun(RunId run, int attempt, String phase, @Nullable VersionId version, @Nullable VersionId verifierVersion) {}
}
