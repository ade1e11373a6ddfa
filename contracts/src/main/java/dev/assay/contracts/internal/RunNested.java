// SPDX-License-Identifier: Apache-2.0

package dev.assay.contracts.internal;

/**
 * {@code GET /internal/runs/{run}/nested?root=id}: was it begun inside that one, with that one's key?
 *
 * @param nested once true, true for good
 */
public record RunNested(boolean nested) {}
