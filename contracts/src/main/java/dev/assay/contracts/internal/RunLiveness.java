// SPDX-License-Identifier: Apache-2.0

package dev.assay.contracts.internal;


/**
 * {@code GET /internal/runs/{run}/live?attempt=n}: does that attempt still count?
 *
 * @param live whether it holds the run's lease
 * @param latest whether it holds the lease, held it when the run ended, or has told its end before: what an attempt says that lost its
 *     lease counts no more
 */
public record RunLiveness(boolean live, boolean latest) {}
