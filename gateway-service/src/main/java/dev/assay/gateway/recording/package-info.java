// SPDX-License-Identifier: Apache-2.0

/** Recordings of model calls, and answering calls from them with no upstream. */
@NullMarked
package dev.assay.gateway.recording;

import org.jspecify.annotations.NullMarked;
