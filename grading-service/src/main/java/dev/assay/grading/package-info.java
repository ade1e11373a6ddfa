// SPDX-License-Identifier: Apache-2.0

/** The grading service: grades of record, and what they add up to. */
@NullMarked
package dev.assay.grading;

import org.jspecify.annotations.NullMarked;
