// SPDX-License-Identifier: Apache-2.0

/** Arithmetic that no value breaks. */
@NullMarked
package dev.assay.kit.number;

import org.jspecify.annotations.NullMarked;
