// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.datum;

import dev.assay.contracts.training.Chunk;
import java.util.List;

/**
 * One turn of a model.
 *
 * @param prompt what it read; empty: nothing
 * @param output the ids that it sampled
 * @param logprobs of each of these, as it was sampled; empty: nobody kept them
 */
public record Sample(List<Chunk> prompt, int[] output, float[] logprobs) {}
