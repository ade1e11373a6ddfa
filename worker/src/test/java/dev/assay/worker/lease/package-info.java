// SPDX-License-Identifier: Apache-2.0

@NullMarked
package dev.assay.worker.lease;

import org.jspecify.annotations.NullMarked;
