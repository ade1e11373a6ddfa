// SPDX-License-Identifier: Apache-2.0

/** Letter counting, declared in Java. */
@NullMarked
package dev.assay.examples.lettercount;

import org.jspecify.annotations.NullMarked;
