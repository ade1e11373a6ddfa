// SPDX-License-Identifier: Apache-2.0

@NullMarked
package dev.assay.trainer.engine;

import org.jspecify.annotations.NullMarked;
