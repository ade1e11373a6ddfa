// SPDX-License-Identifier: Apache-2.0

/** Requests that wait until there is something to tell. */
@NullMarked
package dev.assay.kit.signal;

import org.jspecify.annotations.NullMarked;
