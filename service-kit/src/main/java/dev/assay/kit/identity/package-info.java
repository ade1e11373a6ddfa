// SPDX-License-Identifier: Apache-2.0

/** Who is calling: the short-lived tokens that every service checks, the keys of single runs, and whom a handler admits. */
@NullMarked
package dev.assay.kit.identity;

import org.jspecify.annotations.NullMarked;
