// SPDX-License-Identifier: Apache-2.0

/** The steps of a run and the spans that carry them to a trace. */
@NullMarked
package dev.assay.sdk.protocol.step;

import org.jspecify.annotations.NullMarked;
