// SPDX-License-Identifier: Apache-2.0

package dev.assay.contracts.internal;


/**
 * {@code POST /internal/leases}: the worker whose token it is asks for one run. Answered with a {@link Lease}, or 204 when
 * {@code waitMillis} have passed without one.
 *
 * @param waitMillis how long to wait for work, at most 20000
 */
public record LeaseRequest(long waitMillis) {}
