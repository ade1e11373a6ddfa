// SPDX-License-Identifier: Apache-2.0

package dev.assay.contracts.internal;

import java.util.List;

/**
 * The answer to a {@link LeaseRequest}.
 *
 * @param <L> {@link Lease}, {@link SessionLease}
 */
public record Leased<L>(List<L> leases) {}
