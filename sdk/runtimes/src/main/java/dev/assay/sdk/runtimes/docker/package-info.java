// SPDX-License-Identifier: Apache-2.0

/** Runs images as containers of a Docker engine on this machine. */
@NullMarked
package dev.assay.sdk.runtimes.docker;

import org.jspecify.annotations.NullMarked;
