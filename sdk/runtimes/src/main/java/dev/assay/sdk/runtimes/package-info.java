// SPDX-License-Identifier: Apache-2.0

/** Where a sandbox runs: what every runtime is asked for; each of them has a package of its own. */
@NullMarked
package dev.assay.sdk.runtimes;

import org.jspecify.annotations.NullMarked;
