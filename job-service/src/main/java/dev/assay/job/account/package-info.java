// SPDX-License-Identifier: Apache-2.0

/** The credentials with which teams' runs get sandboxes in accounts of their own. */
@NullMarked
package dev.assay.job.account;

import org.jspecify.annotations.NullMarked;
