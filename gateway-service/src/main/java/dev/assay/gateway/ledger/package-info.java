// SPDX-License-Identifier: Apache-2.0

/** What calls cost, and whose they are. */
@NullMarked
package dev.assay.gateway.ledger;

import org.jspecify.annotations.NullMarked;
