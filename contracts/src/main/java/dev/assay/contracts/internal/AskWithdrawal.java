// SPDX-License-Identifier: Apache-2.0

package dev.assay.contracts.internal;

import java.util.UUID;

/**
 * {@code POST /internal/leases/withdraw}, {@code /internal/sessions/leases/withdraw}: a worker that ends wants no answer any more to a
 * question for work. What it was given in answer, and never heard of, goes back to the queue.
 */
public record AskWithdrawal(UUID ask) {}
