// SPDX-License-Identifier: Apache-2.0

/** Where a sandbox runs: the {@code process} runtime runs an environment as processes of this machine. */
@NullMarked
package dev.assay.sdk.runtimes;

import org.jspecify.annotations.NullMarked;
