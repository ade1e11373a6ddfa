// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.dialect;

/** What is asked of a model. */
public enum Operation {
    GENERATE,
    COUNT_TOKENS,
    EMBED
}
