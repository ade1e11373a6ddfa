// SPDX-License-Identifier: Apache-2.0

/** Runs that have ended without a grade, and are to be run again. */
@NullMarked
package dev.assay.job.rerun;

import org.jspecify.annotations.NullMarked;
