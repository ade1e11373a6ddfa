// SPDX-License-Identifier: Apache-2.0

/** The {@code cdp/1.3} capability: a browser of the environment, and tools of our own by which any agent can be given it. */
@NullMarked
package dev.assay.sdk.agents.cdp;

import org.jspecify.annotations.NullMarked;
