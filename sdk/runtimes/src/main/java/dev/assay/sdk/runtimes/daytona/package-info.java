// SPDX-License-Identifier: Apache-2.0

/** Runs images as sandboxes of Daytona, in the account of the team whose run it is. */
@NullMarked
package dev.assay.sdk.runtimes.daytona;

import org.jspecify.annotations.NullMarked;
