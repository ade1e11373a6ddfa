// SPDX-License-Identifier: Apache-2.0

/** One rollout from the lease to its outcome. */
@NullMarked
package dev.assay.worker.rollout;

import org.jspecify.annotations.NullMarked;
