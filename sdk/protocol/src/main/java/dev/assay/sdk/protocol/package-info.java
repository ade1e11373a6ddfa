// SPDX-License-Identifier: Apache-2.0

/** The wire between a controller and an environment: frames, the control channel's client and server, and what crosses it. */
@NullMarked
package dev.assay.sdk.protocol;

import org.jspecify.annotations.NullMarked;
