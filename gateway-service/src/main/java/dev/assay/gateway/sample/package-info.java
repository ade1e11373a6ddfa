// SPDX-License-Identifier: Apache-2.0

/** What models that are trained here sample for runs is told to training-service, before its client has all of it. */
@NullMarked
package dev.assay.gateway.sample;

import org.jspecify.annotations.NullMarked;
