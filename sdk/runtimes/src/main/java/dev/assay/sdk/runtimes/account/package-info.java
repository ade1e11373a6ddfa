// SPDX-License-Identifier: Apache-2.0

/** What sandboxes at providers have in common: each is in the account of the team whose run it is, and is reached from here. */
@NullMarked
package dev.assay.sdk.runtimes.account;

import org.jspecify.annotations.NullMarked;
