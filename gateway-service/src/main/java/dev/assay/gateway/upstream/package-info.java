// SPDX-License-Identifier: Apache-2.0

/** The upstreams that models are asked of, and how one is chosen and asked again. */
@NullMarked
package dev.assay.gateway.upstream;

import org.jspecify.annotations.NullMarked;
