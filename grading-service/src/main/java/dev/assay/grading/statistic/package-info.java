// SPDX-License-Identifier: Apache-2.0

/** What the grades of a job add up to. */
@NullMarked
package dev.assay.grading.statistic;

import org.jspecify.annotations.NullMarked;
