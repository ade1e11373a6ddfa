// SPDX-License-Identifier: Apache-2.0

/** The harness for Claude and what speaks as it does: Messages, streamed, with the provider's own words for shell, editor and screen. */
@NullMarked
package dev.assay.sdk.agents.claude;

import org.jspecify.annotations.NullMarked;
