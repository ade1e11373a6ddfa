// SPDX-License-Identifier: Apache-2.0

/** Models: what people choose from, and which provider serves each. */
@NullMarked
package dev.assay.training.model;

import org.jspecify.annotations.NullMarked;
