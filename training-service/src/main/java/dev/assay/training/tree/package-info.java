// SPDX-License-Identifier: Apache-2.0

/** A model's checkpoints: a tree, of which one is served. */
@NullMarked
package dev.assay.training.tree;

import org.jspecify.annotations.NullMarked;
