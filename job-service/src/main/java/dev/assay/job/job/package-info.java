// SPDX-License-Identifier: Apache-2.0

/** Jobs: runs that belong together, and how they are listed. */
@NullMarked
package dev.assay.job.job;

import org.jspecify.annotations.NullMarked;
