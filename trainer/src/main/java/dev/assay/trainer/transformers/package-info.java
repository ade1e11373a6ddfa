// SPDX-License-Identifier: Apache-2.0

/** Models of kind {@code transformers}: real weights, which a Python process computes with. */
@NullMarked
package dev.assay.trainer.transformers;

import org.jspecify.annotations.NullMarked;
