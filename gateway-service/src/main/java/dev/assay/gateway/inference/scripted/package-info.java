// SPDX-License-Identifier: Apache-2.0

/** The built-in provider that plays script files, so that trying the platform needs no account. */
@NullMarked
package dev.assay.gateway.inference.scripted;

import org.jspecify.annotations.NullMarked;
