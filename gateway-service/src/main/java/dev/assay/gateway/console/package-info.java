// SPDX-License-Identifier: Apache-2.0

/** The console's pages and the files that they load. */
@NullMarked
package dev.assay.gateway.console;

import org.jspecify.annotations.NullMarked;
