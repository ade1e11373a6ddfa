// SPDX-License-Identifier: Apache-2.0

/** Checks of runs and tasks: is the reward earned, is the grading right, is the task worth running. */
@NullMarked
package dev.assay.grading.qa;

import org.jspecify.annotations.NullMarked;
