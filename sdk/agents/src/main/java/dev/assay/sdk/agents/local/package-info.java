// SPDX-License-Identifier: Apache-2.0

/** Agents without a platform: one task of one environment, from a Java program. */
@NullMarked
package dev.assay.sdk.agents.local;

import org.jspecify.annotations.NullMarked;
