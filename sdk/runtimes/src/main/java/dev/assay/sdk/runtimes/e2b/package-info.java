// SPDX-License-Identifier: Apache-2.0

/** Runs images as sandboxes of E2B, in the account of the team whose run it is. */
@NullMarked
package dev.assay.sdk.runtimes.e2b;

import org.jspecify.annotations.NullMarked;
