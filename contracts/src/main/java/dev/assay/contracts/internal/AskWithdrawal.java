// SPDX-License-Identifier: Apache-2.0

package dev.assay.contracts.internal;

import java.util.UUID;

/** {@code POST /internal/leases/withdraw}: a worker that ends wants no answer any more to a question for work, of whatever kind of work. */
public record AskWithdrawal(UUID ask) {}
