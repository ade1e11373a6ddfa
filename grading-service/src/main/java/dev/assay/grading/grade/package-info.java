// SPDX-License-Identifier: Apache-2.0

/** The grade of record of every run that has ended. */
@NullMarked
package dev.assay.grading.grade;

import org.jspecify.annotations.NullMarked;
