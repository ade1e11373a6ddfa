// SPDX-License-Identifier: Apache-2.0

/** Runs that a client drives itself: what it tells of their start and end. */
@NullMarked
package dev.assay.job.report;

import org.jspecify.annotations.NullMarked;
