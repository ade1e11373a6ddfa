// SPDX-License-Identifier: Apache-2.0

/** What services ask each other over REST. Paths begin with {@code /internal/} and need a token of role worker or service. */
@NullMarked
package dev.assay.contracts.internal;

import org.jspecify.annotations.NullMarked;
