// SPDX-License-Identifier: Apache-2.0

/** Which service serves which public path, and how a request gets there and back without being kept in memory. */
@NullMarked
package dev.assay.gateway.routing;

import org.jspecify.annotations.NullMarked;
