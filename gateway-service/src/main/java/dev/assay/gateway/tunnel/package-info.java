// SPDX-License-Identifier: Apache-2.0

/** Tunnels from agents that run elsewhere into the sandboxes of their sessions. */
@NullMarked
package dev.assay.gateway.tunnel;

import org.jspecify.annotations.NullMarked;
