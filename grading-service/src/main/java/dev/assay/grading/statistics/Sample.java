// SPDX-License-Identifier: Apache-2.0

package dev.assay.grading.statistics;

import java.math.BigDecimal;

/**
 * Graded runs of some tasks, in sums that are exact whatever order they were added up in. Of a task with {@code n} runs whose rewards
 * come to {@code t}:
 *
 * @param tasks with a graded run
 * @param runs that are graded
 * @param sizes the sum of all {@code n²}
 * @param total the sum of all {@code t}
 * @param cross the sum of all {@code n·t}
 * @param totals the sum of all {@code t²}
 * @param squares the sum of the squares of all rewards
 * @param passOrFail whether every reward is 0 or 1
 */
record Sample(
        long tasks, long runs, BigDecimal sizes, BigDecimal total, BigDecimal cross, BigDecimal totals, BigDecimal squares,
        boolean passOrFail) {}
