// SPDX-License-Identifier: Apache-2.0

package dev.assay.trainer.tinker;

import dev.assay.trainer.engine.Tokenizers.Tokenizer;

/**
 * A base at the service.
 *
 * @param name here
 * @param base there
 * @param context how many positions it reads
 * @param rank of the matrices that are trained
 */
record TinkerModel(String name, String base, int context, int rank, Tokenizer tokenizer) {}
