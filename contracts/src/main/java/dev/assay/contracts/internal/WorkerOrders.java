// SPDX-License-Identifier: Apache-2.0

package dev.assay.contracts.internal;

/**
 * What a worker is to do.
 *
 * @param drain take no new work, and end or give back what is at hand; false: work, also if it was told otherwise before
 */
public record WorkerOrders(boolean drain) {}
