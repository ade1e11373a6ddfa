// SPDX-License-Identifier: Apache-2.0

/** What models that are trained here sampled for runs, as the gateway tells it. */
@NullMarked
package dev.assay.training.sample;

import org.jspecify.annotations.NullMarked;
