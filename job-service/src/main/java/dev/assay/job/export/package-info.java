// SPDX-License-Identifier: Apache-2.0

/** A job's runs as a file of rows. */
@NullMarked
package dev.assay.job.export;

import org.jspecify.annotations.NullMarked;
