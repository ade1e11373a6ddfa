// SPDX-License-Identifier: Apache-2.0

/** An agent of one's own. */
@NullMarked
package dev.assay.examples.agent;

import org.jspecify.annotations.NullMarked;
