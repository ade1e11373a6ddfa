// SPDX-License-Identifier: Apache-2.0

/** Tests of what runs at E2B, against a stand-in. */
@NullMarked
package dev.assay.sdk.runtimes.e2b;

import org.jspecify.annotations.NullMarked;
