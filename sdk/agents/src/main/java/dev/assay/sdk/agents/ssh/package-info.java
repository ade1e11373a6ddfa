// SPDX-License-Identifier: Apache-2.0

/** The {@code ssh/2} capability: commands and files of an environment's workspace, one exec channel each. */
@NullMarked
package dev.assay.sdk.agents.ssh;

import org.jspecify.annotations.NullMarked;
