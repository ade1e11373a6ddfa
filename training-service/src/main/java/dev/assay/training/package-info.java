// SPDX-License-Identifier: Apache-2.0

/** The training service: the model catalog, and one day forks, checkpoints and trainers. */
@NullMarked
package dev.assay.training;

import org.jspecify.annotations.NullMarked;
