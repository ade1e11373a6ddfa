// SPDX-License-Identifier: Apache-2.0

/** Google's Gemini models: the whole conversation each time, the answer in a stream, a desktop on a grid of a thousand by a thousand. */
@NullMarked
package dev.assay.sdk.agents.gemini;

import org.jspecify.annotations.NullMarked;
