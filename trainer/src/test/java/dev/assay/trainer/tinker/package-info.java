// SPDX-License-Identifier: Apache-2.0

@NullMarked
package dev.assay.trainer.tinker;

import org.jspecify.annotations.NullMarked;
