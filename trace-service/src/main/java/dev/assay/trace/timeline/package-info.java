// SPDX-License-Identifier: Apache-2.0

/** Timelines out: events as the published client reads them, and full entries for people. */
@NullMarked
package dev.assay.trace.timeline;

import org.jspecify.annotations.NullMarked;
