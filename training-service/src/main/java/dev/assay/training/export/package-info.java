// SPDX-License-Identifier: Apache-2.0

/** A job's runs as rows that other training stacks read. */
@NullMarked
package dev.assay.training.export;

import org.jspecify.annotations.NullMarked;
