// SPDX-License-Identifier: Apache-2.0

/** How services ask their database. */
@NullMarked
package dev.assay.kit.database;

import org.jspecify.annotations.NullMarked;
