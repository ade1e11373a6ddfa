// SPDX-License-Identifier: Apache-2.0

/** Files of training-service: fetched and kept for a while, and put. */
@NullMarked
package dev.assay.trainer.blob;

import org.jspecify.annotations.NullMarked;
