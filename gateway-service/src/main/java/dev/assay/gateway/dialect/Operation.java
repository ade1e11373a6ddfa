// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.dialect;

/** What is asked of a model. */
public enum Operation {
    GENERATE,
    COUNT_TOKENS,
    EMBED,
    /** Several texts at once where that is a path of its own (Gemini). */
    EMBED_BATCH
}
