// SPDX-License-Identifier: Apache-2.0

/** The trace service: spans in, timelines out. */
@NullMarked
package dev.assay.trace;

import org.jspecify.annotations.NullMarked;
