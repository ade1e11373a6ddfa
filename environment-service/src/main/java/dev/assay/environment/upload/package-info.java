// SPDX-License-Identifier: Apache-2.0

/** Uploads of contexts: the grant to send one, and the check of what came. */
@NullMarked
package dev.assay.environment.upload;

import org.jspecify.annotations.NullMarked;
