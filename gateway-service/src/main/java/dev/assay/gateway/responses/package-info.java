// SPDX-License-Identifier: Apache-2.0

/** Responses that are kept, so that a client can continue one by its id. */
@NullMarked
package dev.assay.gateway.responses;

import org.jspecify.annotations.NullMarked;
