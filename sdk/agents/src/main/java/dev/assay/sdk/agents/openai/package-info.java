// SPDX-License-Identifier: Apache-2.0

/** Models behind OpenAI's Responses API, with its own words for a shell and a screen. */
@NullMarked
package dev.assay.sdk.agents.openai;

import org.jspecify.annotations.NullMarked;
