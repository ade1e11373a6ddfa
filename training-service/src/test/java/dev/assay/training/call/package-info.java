// SPDX-License-Identifier: Apache-2.0

@NullMarked
package dev.assay.training.call;

import org.jspecify.annotations.NullMarked;
