// SPDX-License-Identifier: Apache-2.0

/** What grades add up to: a job's statistics, comparisons of jobs, gates for them, and leaderboards. */
@NullMarked
package dev.assay.grading.statistics;

import org.jspecify.annotations.NullMarked;
