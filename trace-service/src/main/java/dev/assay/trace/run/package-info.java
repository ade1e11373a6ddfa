// SPDX-License-Identifier: Apache-2.0

/** What this service knows of a run beside its spans: whose it is, and how it ended. */
@NullMarked
package dev.assay.trace.run;

import org.jspecify.annotations.NullMarked;
