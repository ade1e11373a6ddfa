// SPDX-License-Identifier: Apache-2.0

/** What a worker says of itself, and what it is told to do. */
@NullMarked
package dev.assay.worker.report;

import org.jspecify.annotations.NullMarked;
