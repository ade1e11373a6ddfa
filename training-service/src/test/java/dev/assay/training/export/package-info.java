// SPDX-License-Identifier: Apache-2.0

@NullMarked
package dev.assay.training.export;

import org.jspecify.annotations.NullMarked;
