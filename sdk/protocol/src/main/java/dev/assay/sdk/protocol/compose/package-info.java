// SPDX-License-Identifier: Apache-2.0

/** Compose projects, as a runtime config carries them. */
@NullMarked
package dev.assay.sdk.protocol.compose;

import org.jspecify.annotations.NullMarked;
