// SPDX-License-Identifier: Apache-2.0

/** Stopping runs that the platform drives. */
@NullMarked
package dev.assay.job.cancel;

import org.jspecify.annotations.NullMarked;
