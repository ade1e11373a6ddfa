// SPDX-License-Identifier: Apache-2.0

package dev.assay.contracts.internal;

/**
 * {@code GET /internal/runs/{run}/nested?root=id&attempt=n}: does that attempt of the root speak for a run that was begun inside it?
 *
 * @param nested whether it was, and the attempt holds the root's lease, or held it until a moment ago
 */
public record RunNested(boolean nested) {}
