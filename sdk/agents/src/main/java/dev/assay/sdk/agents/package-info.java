// SPDX-License-Identifier: Apache-2.0

/** An agent: a model that drives the capabilities of an environment. What a runner hands in and gets back. */
@NullMarked
package dev.assay.sdk.agents;

import org.jspecify.annotations.NullMarked;
