// SPDX-License-Identifier: Apache-2.0

package dev.assay.contracts.internal;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * {@code POST /internal/leases}: the worker whose token it is asks for one run. Answered with a {@link Lease}, or 204 when
 * {@code waitMillis} have passed without one.
 *
 * @param ask made up anew for each question that was answered, the same for one that is asked again because its answer was lost: it is
 *     answered with the lease that it was given, as long as that holds, and with no second one; null: the question is not asked again
 * @param waitMillis how long to wait for work, at most 20000
 * @param isolation what keeps the worker's sandboxes in: {@code bubblewrap}, or {@code none}; null: it does not say
 */
public record LeaseRequest(@Nullable UUID ask, long waitMillis, @Nullable String isolation) {}
