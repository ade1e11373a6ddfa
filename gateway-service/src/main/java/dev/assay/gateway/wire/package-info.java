// SPDX-License-Identifier: Apache-2.0

/** Asking upstreams over HTTP. */
@NullMarked
package dev.assay.gateway.wire;

import org.jspecify.annotations.NullMarked;
