// SPDX-License-Identifier: Apache-2.0

/** Work for workers: leases, their renewal, their end. */
@NullMarked
package dev.assay.job.lease;

import org.jspecify.annotations.NullMarked;
