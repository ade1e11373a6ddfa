// SPDX-License-Identifier: Apache-2.0

/** HTTP with what an environment offers, over the streams that lead there. */
@NullMarked
package dev.assay.sdk.agents.http;

import org.jspecify.annotations.NullMarked;
