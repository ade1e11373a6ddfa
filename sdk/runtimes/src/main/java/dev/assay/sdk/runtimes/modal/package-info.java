// SPDX-License-Identifier: Apache-2.0

/** Runs images as sandboxes of Modal, in the account of the team whose run it is. */
@NullMarked
package dev.assay.sdk.runtimes.modal;

import org.jspecify.annotations.NullMarked;
