// SPDX-License-Identifier: Apache-2.0

/** The way of a model call between a client and an upstream: what its parts hand each other. */
@NullMarked
package dev.assay.gateway.call;

import org.jspecify.annotations.NullMarked;
