// SPDX-License-Identifier: Apache-2.0

/** What does the arithmetic, seen from outside: sessions that learn, weights that are sampled from. */
@NullMarked
package dev.assay.trainer.engine;

import org.jspecify.annotations.NullMarked;
