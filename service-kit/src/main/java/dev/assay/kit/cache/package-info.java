// SPDX-License-Identifier: Apache-2.0

/** What a service remembers for a while. */
@NullMarked
package dev.assay.kit.cache;

import org.jspecify.annotations.NullMarked;
