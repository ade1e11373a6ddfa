// SPDX-License-Identifier: Apache-2.0

/** A job's grades as a file of rows. */
@NullMarked
package dev.assay.grading.export;

import org.jspecify.annotations.NullMarked;
