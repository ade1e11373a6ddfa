// SPDX-License-Identifier: Apache-2.0

/** Sandboxes for agents that run elsewhere, and the tunnels that lead into them. */
@NullMarked
package dev.assay.worker.session;

import org.jspecify.annotations.NullMarked;
