// SPDX-License-Identifier: Apache-2.0

/** Who takes runs, and what keeps sandboxes in there. */
@NullMarked
package dev.assay.job.worker;

import org.jspecify.annotations.NullMarked;
