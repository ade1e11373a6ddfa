// SPDX-License-Identifier: Apache-2.0

/** The one public door: it knows who calls, sends every request to its room, answers model calls and serves the pages. */
@NullMarked
package dev.assay.gateway;

import org.jspecify.annotations.NullMarked;
