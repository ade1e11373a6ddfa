// SPDX-License-Identifier: Apache-2.0

package dev.assay.contracts.internal;

import dev.assay.contracts.VersionId;
import org.jspecify.annotations.Nullable;


/**
 * {@code POST /internal/leases/{run}/renew}. Answered with {@link LeaseRenewed}, or 409 when the attempt no longer holds the lease:
 * stop at once and clean up.
 *
 * @param phase how far the attempt is: {@code initializing} until the environment answered, then {@code running}
 * @param version which version of its environment the attempt has found, if its lease named none: later attempts get the same
 * @param verifierVersion as {@code version}, of the verifier's environment
 */
public record LeaseRenewal(int attempt, String phase, @Nullable VersionId version, @Nullable VersionId verifierVersion) {}
