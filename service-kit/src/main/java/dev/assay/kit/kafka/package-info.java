// SPDX-License-Identifier: Apache-2.0

/** Who may write and read what on the broker, and how they say who they are. */
@NullMarked
package dev.assay.kit.kafka;

import org.jspecify.annotations.NullMarked;
