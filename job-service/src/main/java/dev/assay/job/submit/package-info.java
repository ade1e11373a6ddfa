// SPDX-License-Identifier: Apache-2.0

/** Runs that the platform drives itself: accepted into the queue. */
@NullMarked
package dev.assay.job.submit;

import org.jspecify.annotations.NullMarked;
