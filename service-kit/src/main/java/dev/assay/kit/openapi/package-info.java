// SPDX-License-Identifier: Apache-2.0

/** What every service's part of the API document says in the same way: shapes as they are on the wire, and errors. */
@NullMarked
package dev.assay.kit.openapi;

import org.jspecify.annotations.NullMarked;
