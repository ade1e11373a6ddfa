// SPDX-License-Identifier: Apache-2.0

@NullMarked
package dev.assay.trainer.transformers;

import org.jspecify.annotations.NullMarked;
