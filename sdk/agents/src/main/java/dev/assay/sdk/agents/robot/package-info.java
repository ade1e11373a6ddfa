// SPDX-License-Identifier: Apache-2.0

/** Robots: an environment that is seen and moved tick by tick, and a policy that somebody serves. */
@NullMarked
package dev.assay.sdk.agents.robot;

import org.jspecify.annotations.NullMarked;
