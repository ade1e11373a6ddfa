// SPDX-License-Identifier: Apache-2.0

/** Asking another service, with a token of our own. */
@NullMarked
package dev.assay.kit.rest;

import org.jspecify.annotations.NullMarked;
