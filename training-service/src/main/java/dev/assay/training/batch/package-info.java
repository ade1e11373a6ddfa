// SPDX-License-Identifier: Apache-2.0

/** What a client sends to be learnt from. */
@NullMarked
package dev.assay.training.batch;

import org.jspecify.annotations.NullMarked;
