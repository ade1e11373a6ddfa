// SPDX-License-Identifier: Apache-2.0

/** Texts of strangers. */
@NullMarked
package dev.assay.kit.text;

import org.jspecify.annotations.NullMarked;
