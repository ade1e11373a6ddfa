// SPDX-License-Identifier: Apache-2.0

/** What environment-service knows of a team's environments. */
@NullMarked
package dev.assay.job.environment;

import org.jspecify.annotations.NullMarked;
