// SPDX-License-Identifier: Apache-2.0

@NullMarked
package dev.assay.worker.report;

import org.jspecify.annotations.NullMarked;
