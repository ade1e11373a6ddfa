// SPDX-License-Identifier: Apache-2.0

/** Work is held by leases: asked for, renewed, lost, given back. */
@NullMarked
package dev.assay.worker.lease;

import org.jspecify.annotations.NullMarked;
