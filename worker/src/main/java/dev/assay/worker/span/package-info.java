// SPDX-License-Identifier: Apache-2.0

/** What happens in a run, sent to trace-service as it happens. */
@NullMarked
package dev.assay.worker.span;

import org.jspecify.annotations.NullMarked;
