// SPDX-License-Identifier: Apache-2.0

/** What every service needs and no user sees. Auto-configured, no business words. */
@NullMarked
package dev.assay.kit;

import org.jspecify.annotations.NullMarked;
