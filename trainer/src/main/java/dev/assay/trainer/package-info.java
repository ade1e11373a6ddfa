// SPDX-License-Identifier: Apache-2.0

/** Does the arithmetic of training. */
@NullMarked
package dev.assay.trainer;

import org.jspecify.annotations.NullMarked;
