// SPDX-License-Identifier: Apache-2.0

@NullMarked
package dev.assay.trainer.sampling;

import org.jspecify.annotations.NullMarked;
