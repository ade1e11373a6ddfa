// SPDX-License-Identifier: Apache-2.0

package dev.assay.contracts.internal;


/**
 * The lease holds for another {@code ttlMillis}.
 *
 * @param cancel the run is to be cancelled: stop, clean up and report it as {@code cancelled}
 */
public record LeaseRenewed(long ttlMillis, boolean cancel) {}
