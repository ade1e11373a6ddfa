// SPDX-License-Identifier: Apache-2.0

/** The connection to whoever is calling: whether it is still there, and how long a slow one is waited for. */
@NullMarked
package dev.assay.gateway.client;

import org.jspecify.annotations.NullMarked;
