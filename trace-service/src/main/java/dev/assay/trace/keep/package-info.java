// SPDX-License-Identifier: Apache-2.0

/** How long spans are kept, and how they are deleted. */
@NullMarked
package dev.assay.trace.keep;

import org.jspecify.annotations.NullMarked;
