// SPDX-License-Identifier: Apache-2.0

package dev.assay.contracts.internal;

import dev.assay.contracts.JobId;
import org.jspecify.annotations.Nullable;

/**
 * {@code GET /internal/runs/{run}/live?attempt=n}: does that attempt still count?
 *
 * @param live whether it holds the run's lease
 * @param latest whether it holds the lease, held it when the run ended, or has told its end before: what an attempt says that lost its
 *     lease counts no more. Never of a session: its id is no run's, and so nothing is told of one
 * @param job whose run it is while it is live: who asks that wants to know this next. Null: it is of none, or not live
 */
public record RunLiveness(boolean live, boolean latest, @Nullable JobId job) {}
