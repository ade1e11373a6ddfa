// SPDX-License-Identifier: Apache-2.0

/** What crosses between services: ids, events and internal requests. Nothing else is shared by value. */
@NullMarked
package dev.assay.contracts;

import org.jspecify.annotations.NullMarked;
