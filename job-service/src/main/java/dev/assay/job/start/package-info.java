// SPDX-License-Identifier: Apache-2.0

/** Jobs that are started here: a taskset's tasks, as runs of one agent, all of them or none. */
@NullMarked
package dev.assay.job.start;

import org.jspecify.annotations.NullMarked;
