// SPDX-License-Identifier: Apache-2.0

/** A run: its states, the one rule that moves it from state to state, its row, and how it is read. */
@NullMarked
package dev.assay.job.run;

import org.jspecify.annotations.NullMarked;
