// SPDX-License-Identifier: Apache-2.0

/** Making a version ready for the first time, to see whether it starts and what it offers. */
@NullMarked
package dev.assay.worker.build;

import org.jspecify.annotations.NullMarked;
