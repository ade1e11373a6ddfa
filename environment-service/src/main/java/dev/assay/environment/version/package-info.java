// SPDX-License-Identifier: Apache-2.0

/** Versions of an environment: an uploaded context and the manifest that it showed when it was started. */
@NullMarked
package dev.assay.environment.version;

import org.jspecify.annotations.NullMarked;
