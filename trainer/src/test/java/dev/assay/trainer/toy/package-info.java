// SPDX-License-Identifier: Apache-2.0

@NullMarked
package dev.assay.trainer.toy;

import org.jspecify.annotations.NullMarked;
