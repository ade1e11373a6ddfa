// SPDX-License-Identifier: Apache-2.0

/** Model calls in the Chat Completions dialect: finding the model's provider, asking it, streaming its answer. */
@NullMarked
package dev.assay.gateway.inference;

import org.jspecify.annotations.NullMarked;
