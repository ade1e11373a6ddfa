// SPDX-License-Identifier: Apache-2.0

/** The way of a model call from its client to an upstream and back. */
@NullMarked
package dev.assay.gateway.inference;

import org.jspecify.annotations.NullMarked;
