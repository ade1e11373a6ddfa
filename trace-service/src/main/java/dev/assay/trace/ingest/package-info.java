// SPDX-License-Identifier: Apache-2.0

/** Span uploads: validated, made durable, acknowledged, and then stored in batches. */
@NullMarked
package dev.assay.trace.ingest;

import org.jspecify.annotations.NullMarked;
