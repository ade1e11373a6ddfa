// SPDX-License-Identifier: Apache-2.0

/** Projects: the folders in which a team keeps environments and tasksets. */
@NullMarked
package dev.assay.environment.project;

import org.jspecify.annotations.NullMarked;
