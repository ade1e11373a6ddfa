// SPDX-License-Identifier: Apache-2.0

/** Reaches environments that somebody else serves. */
@NullMarked
package dev.assay.sdk.runtimes.remote;

import org.jspecify.annotations.NullMarked;
