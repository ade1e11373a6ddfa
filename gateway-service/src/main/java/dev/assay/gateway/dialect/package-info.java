// SPDX-License-Identifier: Apache-2.0

/** How errors look in the model APIs that clients speak. */
@NullMarked
package dev.assay.gateway.dialect;

import org.jspecify.annotations.NullMarked;
