// SPDX-License-Identifier: Apache-2.0

/** Answers that may be a few seconds old. */
@NullMarked
package dev.assay.gateway.cache;

import org.jspecify.annotations.NullMarked;
