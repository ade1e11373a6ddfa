// SPDX-License-Identifier: Apache-2.0

/** An agent at work without a platform. */
@NullMarked
package dev.assay.examples.solve;

import org.jspecify.annotations.NullMarked;
