// SPDX-License-Identifier: Apache-2.0

/** The live log of a build, over a WebSocket. */
@NullMarked
package dev.assay.gateway.buildlog;

import org.jspecify.annotations.NullMarked;
