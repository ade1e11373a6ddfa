// SPDX-License-Identifier: Apache-2.0

/** The worker: takes leases, launches sandboxes, drives agents. The only room that runs strangers' code. */
@NullMarked
package dev.assay.worker;

import org.jspecify.annotations.NullMarked;
