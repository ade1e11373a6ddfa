// SPDX-License-Identifier: Apache-2.0

/** From what was sampled, and what it was worth, to what a trainer computes with. */
@NullMarked
package dev.assay.training.datum;

import org.jspecify.annotations.NullMarked;
