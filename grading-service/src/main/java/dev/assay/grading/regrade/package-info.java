// SPDX-License-Identifier: Apache-2.0

/** Jobs that are graded once more from their traces: by a judge or another rule, without a new rollout, beside the grades that there are. */
@NullMarked
package dev.assay.grading.regrade;

import org.jspecify.annotations.NullMarked;
