// SPDX-License-Identifier: Apache-2.0

/** Environments of a team, found by their normalized name, with the variables that their sandboxes get. */
@NullMarked
package dev.assay.environment.registry;

import org.jspecify.annotations.NullMarked;
