// SPDX-License-Identifier: Apache-2.0

/** Calls of training-service: asked for, done, told. */
@NullMarked
package dev.assay.trainer.call;

import org.jspecify.annotations.NullMarked;
