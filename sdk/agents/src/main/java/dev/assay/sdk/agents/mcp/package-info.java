// SPDX-License-Identifier: Apache-2.0

/** The {@code mcp/2025-11-25} capability: a server of tools in the environment. Holds no provider's words. */
@NullMarked
package dev.assay.sdk.agents.mcp;

import org.jspecify.annotations.NullMarked;
