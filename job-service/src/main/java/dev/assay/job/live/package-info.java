// SPDX-License-Identifier: Apache-2.0

/** Steps of runs, told as they are made to whoever watches a job or a run. */
@NullMarked
package dev.assay.job.live;

import org.jspecify.annotations.NullMarked;
