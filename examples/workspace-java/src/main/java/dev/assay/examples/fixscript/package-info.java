// SPDX-License-Identifier: Apache-2.0

/** A script to repair, in a workspace declared in Java. */
@NullMarked
package dev.assay.examples.fixscript;

import org.jspecify.annotations.NullMarked;
