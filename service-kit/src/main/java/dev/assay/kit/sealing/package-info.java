// SPDX-License-Identifier: Apache-2.0

/** Keeping what people entrust to the platform unreadable at rest. */
@NullMarked
package dev.assay.kit.sealing;

import org.jspecify.annotations.NullMarked;
