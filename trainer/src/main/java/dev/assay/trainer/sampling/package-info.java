// SPDX-License-Identifier: Apache-2.0

/** Chat Completions from a model's weights. */
@NullMarked
package dev.assay.trainer.sampling;

import org.jspecify.annotations.NullMarked;
