// SPDX-License-Identifier: Apache-2.0

/** Models whose weights a remote service has that speaks Tinker's wire: what is asked of it, and what it answers. */
@NullMarked
package dev.assay.trainer.tinker;

import org.jspecify.annotations.NullMarked;
