// SPDX-License-Identifier: Apache-2.0

/** Builds: from trigger to verdict, with the queue that workers lease from and the log that people watch. */
@NullMarked
package dev.assay.environment.build;

import org.jspecify.annotations.NullMarked;
