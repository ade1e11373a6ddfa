// SPDX-License-Identifier: Apache-2.0

/** The console's pages in a real browser, before canned answers. */
@NullMarked
package dev.assay.console;

import org.jspecify.annotations.NullMarked;
