// SPDX-License-Identifier: Apache-2.0

/** Reading uploaded contexts, which are hostile until proven otherwise: the one reader of everybody who takes or unpacks one. */
@NullMarked
package dev.assay.sdk.runtimes.context;

import org.jspecify.annotations.NullMarked;
