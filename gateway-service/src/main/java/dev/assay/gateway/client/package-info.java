// SPDX-License-Identifier: Apache-2.0

/** The connection to whoever is calling: whether it is still there. */
@NullMarked
package dev.assay.gateway.client;

import org.jspecify.annotations.NullMarked;
