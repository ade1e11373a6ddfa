// SPDX-License-Identifier: Apache-2.0

/** What sandboxes reach of the world: the gateway's model calls and spans, and as much of the outside as the operator allows. */
@NullMarked
package dev.assay.worker.door;

import org.jspecify.annotations.NullMarked;
