// SPDX-License-Identifier: Apache-2.0

/** What may be spent, and how fast: reserved before a call, settled after it. */
@NullMarked
package dev.assay.gateway.budget;

import org.jspecify.annotations.NullMarked;
