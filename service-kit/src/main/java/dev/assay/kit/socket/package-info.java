// SPDX-License-Identifier: Apache-2.0

/** WebSockets that stay open for long, for the services that serve some. */
@NullMarked
package dev.assay.kit.socket;

import org.jspecify.annotations.NullMarked;
