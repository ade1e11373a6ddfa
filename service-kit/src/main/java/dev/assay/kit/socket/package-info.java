// SPDX-License-Identifier: Apache-2.0

/** WebSockets that carry a stream of bytes. */
@NullMarked
package dev.assay.kit.socket;

import org.jspecify.annotations.NullMarked;
