// SPDX-License-Identifier: Apache-2.0

/** Environments by name, and sandboxes that run them. */
@NullMarked
package dev.assay.worker.sandbox;

import org.jspecify.annotations.NullMarked;
