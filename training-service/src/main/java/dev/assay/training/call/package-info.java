// SPDX-License-Identifier: Apache-2.0

/** What a model is told, one call after the other, and who does it. */
@NullMarked
package dev.assay.training.call;

import org.jspecify.annotations.NullMarked;
