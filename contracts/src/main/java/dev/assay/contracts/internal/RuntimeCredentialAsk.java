// SPDX-License-Identifier: Apache-2.0

package dev.assay.contracts.internal;

/**
 * {@code POST /internal/leases/{run}/credential}: the worker that holds the run needs what opens its team's account. Answered with a
 * {@link RuntimeCredential}, or 409 when the attempt does not hold the lease.
 *
 * @param runtime such as {@code e2b}
 */
public record RuntimeCredentialAsk(int attempt, String runtime) {}
