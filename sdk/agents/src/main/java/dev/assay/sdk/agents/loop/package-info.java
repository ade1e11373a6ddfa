// SPDX-License-Identifier: Apache-2.0

/** The loop that every harness with tools runs: ask the model, execute what it calls, tell it what came of that. */
@NullMarked
package dev.assay.sdk.agents.loop;

import org.jspecify.annotations.NullMarked;
