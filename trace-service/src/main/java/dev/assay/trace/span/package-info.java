// SPDX-License-Identifier: Apache-2.0

/** Spans as they are stored: daily partitions, each span once. */
@NullMarked
package dev.assay.trace.span;

import org.jspecify.annotations.NullMarked;
