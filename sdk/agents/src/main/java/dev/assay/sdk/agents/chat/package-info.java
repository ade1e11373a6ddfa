// SPDX-License-Identifier: Apache-2.0

/** The harness for the Chat Completions protocol, with any server that speaks it. */
@NullMarked
package dev.assay.sdk.agents.chat;

import org.jspecify.annotations.NullMarked;
