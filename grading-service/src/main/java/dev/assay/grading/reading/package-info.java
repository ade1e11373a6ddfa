// SPDX-License-Identifier: Apache-2.0

/** Runs that are over, with their timelines, for those who look at them once more. */
@NullMarked
package dev.assay.grading.reading;

import org.jspecify.annotations.NullMarked;
