// SPDX-License-Identifier: Apache-2.0

/** Where a model that learns stands: its checkpoints, which are a tree, and which of them it serves. */
@NullMarked
package dev.assay.training.tree;

import org.jspecify.annotations.NullMarked;
