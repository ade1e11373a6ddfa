// SPDX-License-Identifier: Apache-2.0

/** Tasksets: rows of tasks, checked on the way in, given back exactly as they came. */
@NullMarked
package dev.assay.environment.taskset;

import org.jspecify.annotations.NullMarked;
