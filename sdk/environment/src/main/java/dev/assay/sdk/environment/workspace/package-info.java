// SPDX-License-Identifier: Apache-2.0

/** A folder of an environment, in which agents work over ssh. */
@NullMarked
package dev.assay.sdk.environment.workspace;

import org.jspecify.annotations.NullMarked;
