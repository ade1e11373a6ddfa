// SPDX-License-Identifier: Apache-2.0

package dev.assay.contracts.internal;

import dev.assay.contracts.RunId;
import java.util.List;

/**
 * The leases that were renewed hold for another {@code ttlMillis}.
 *
 * @param lost runs whose attempt does not hold the lease any more: stop at once and clean up
 * @param cancel runs that are to be cancelled: stop, clean up and report each as {@code cancelled}
 */
public record LeasesRenewed(long ttlMillis, List<RunId> lost, List<RunId> cancel) {}
