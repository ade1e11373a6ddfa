// SPDX-License-Identifier: Apache-2.0

/** How every list of this service is cut into pages. */
@NullMarked
package dev.assay.environment.listing;

import org.jspecify.annotations.NullMarked;
