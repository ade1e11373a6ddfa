// SPDX-License-Identifier: Apache-2.0

/** Comparison, combination and the shape of an evaluation: answer in, evaluation out. */
@NullMarked
package dev.assay.sdk.graders;

import org.jspecify.annotations.NullMarked;
