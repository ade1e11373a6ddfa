// SPDX-License-Identifier: Apache-2.0

@NullMarked
package dev.assay.trainer.blob;

import org.jspecify.annotations.NullMarked;
