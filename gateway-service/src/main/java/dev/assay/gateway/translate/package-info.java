// SPDX-License-Identifier: Apache-2.0

/** From one dialect into another, through one form between them: docs/translation.md has what is kept, emulated and refused. */
@NullMarked
package dev.assay.gateway.translate;

import org.jspecify.annotations.NullMarked;
