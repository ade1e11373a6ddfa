// SPDX-License-Identifier: Apache-2.0

/** Sandboxes for agents that run elsewhere. */
@NullMarked
package dev.assay.job.session;

import org.jspecify.annotations.NullMarked;
