// SPDX-License-Identifier: Apache-2.0

/** Declare an environment in Java and serve it: templates, capabilities, hooks. */
@NullMarked
package dev.assay.sdk.environment;

import org.jspecify.annotations.NullMarked;
