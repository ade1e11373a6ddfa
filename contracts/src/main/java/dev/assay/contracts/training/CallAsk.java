// SPDX-License-Identifier: Apache-2.0

package dev.assay.contracts.training;

import java.util.List;

/**
 * {@code POST /internal/training/leases}: the trainer whose token it is asks for a call to do. Answered with white space while it waits,
 * then with {@link CallLease}, or with null when {@code waitMillis} have passed without any.
 *
 * @param kinds the kinds of models that it trains, such as {@code toy}
 * @param waitMillis how long to wait, at most 20000
 */
public record CallAsk(List<String> kinds, long waitMillis) {}
