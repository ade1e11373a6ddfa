// SPDX-License-Identifier: Apache-2.0

/** Work that waits in a table. */
@NullMarked
package dev.assay.grading.queue;

import org.jspecify.annotations.NullMarked;
