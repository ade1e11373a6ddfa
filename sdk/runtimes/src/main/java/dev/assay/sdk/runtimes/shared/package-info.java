// SPDX-License-Identifier: Apache-2.0

/** Lets several runs into one sandbox, whichever runtime it is of. */
@NullMarked
package dev.assay.sdk.runtimes.shared;

import org.jspecify.annotations.NullMarked;
