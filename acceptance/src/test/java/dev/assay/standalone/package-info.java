// SPDX-License-Identifier: Apache-2.0

/** What of the standalone the acceptance tests start differently. */
@NullMarked
package dev.assay.standalone;

import org.jspecify.annotations.NullMarked;
