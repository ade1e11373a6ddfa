// SPDX-License-Identifier: Apache-2.0

/** Sandboxes that are started before there is a run for them, wherever that is. */
@NullMarked
package dev.assay.sdk.runtimes.spare;

import org.jspecify.annotations.NullMarked;
