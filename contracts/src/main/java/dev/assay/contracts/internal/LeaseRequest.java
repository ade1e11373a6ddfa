// SPDX-License-Identifier: Apache-2.0

package dev.assay.contracts.internal;

import org.jspecify.annotations.Nullable;

/**
 * {@code POST /internal/leases}: the worker whose token it is asks for one run. Answered with a {@link Lease}, or 204 when
 * {@code waitMillis} have passed without one.
 *
 * @param waitMillis how long to wait for work, at most 20000
 * @param isolation what keeps the worker's sandboxes in: {@code bubblewrap}, or {@code none}; null: it does not say
 */
public record LeaseRequest(long waitMillis, @Nullable String isolation) {}
