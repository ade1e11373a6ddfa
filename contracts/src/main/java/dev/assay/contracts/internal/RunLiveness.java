// SPDX-License-Identifier: Apache-2.0

package dev.assay.contracts.internal;


/** {@code GET /internal/runs/{run}/live?attempt=n}: does that attempt still hold the run's lease? */
public record RunLiveness(boolean live) {}
