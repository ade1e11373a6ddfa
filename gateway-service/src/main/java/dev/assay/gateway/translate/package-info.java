// SPDX-License-Identifier: Apache-2.0

/** From one dialect into another, through one form between them. */
@NullMarked
package dev.assay.gateway.translate;

import org.jspecify.annotations.NullMarked;
