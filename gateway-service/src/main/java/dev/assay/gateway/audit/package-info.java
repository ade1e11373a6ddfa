// SPDX-License-Identifier: Apache-2.0

/** Who changed what, from what to what. */
@NullMarked
package dev.assay.gateway.audit;

import org.jspecify.annotations.NullMarked;
