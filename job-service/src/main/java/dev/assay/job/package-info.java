// SPDX-License-Identifier: Apache-2.0

/** Jobs and their runs: accepted, queued, leased, reported, cancelled. */
@NullMarked
package dev.assay.job;

import org.jspecify.annotations.NullMarked;
