// SPDX-License-Identifier: Apache-2.0

/** Teams, their users and keys: who may come in, through which door, and for how long. */
@NullMarked
package dev.assay.gateway.identity;

import org.jspecify.annotations.NullMarked;
