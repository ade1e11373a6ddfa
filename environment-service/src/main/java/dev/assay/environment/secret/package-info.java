// SPDX-License-Identifier: Apache-2.0

/** Keeping what deployers entrust to the platform unreadable at rest. */
@NullMarked
package dev.assay.environment.secret;

import org.jspecify.annotations.NullMarked;
