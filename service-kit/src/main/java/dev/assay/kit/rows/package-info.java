// SPDX-License-Identifier: Apache-2.0

/** Answers of many rows, written as they come: lines of JSON, or a file of Parquet. */
@NullMarked
package dev.assay.kit.rows;

import org.jspecify.annotations.NullMarked;
