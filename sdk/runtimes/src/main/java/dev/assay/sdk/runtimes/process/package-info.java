// SPDX-License-Identifier: Apache-2.0

/** The {@code process} runtime runs an environment as processes of this machine. */
@NullMarked
package dev.assay.sdk.runtimes.process;

import org.jspecify.annotations.NullMarked;
