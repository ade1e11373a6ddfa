// SPDX-License-Identifier: Apache-2.0

package dev.assay.trainer.engine;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Weights that are sampled from, by any number of threads. Its methods throw a {@link RefusedException}, or, where the weights are lost and
 * have to be had anew, an {@link java.io.UncheckedIOException}.
 */
public interface Sampler extends Renderer, AutoCloseable {

    Sampled sample(int[] prompt, Sampling sampling);

    @Override
    default void close() {}

    /**
     * How to sample.
     *
     * @param most tokens; it may be less where the model's reading ends
     * @param temperature by which logits are divided; 0: the likeliest token, always
     * @param seed the same gives the same; null: any
     * @param stop texts that end the answer where they appear
     * @param alternatives how many of the likeliest tokens are told of each place
     */
    record Sampling(int most, double temperature, @Nullable Long seed, List<String> stop, int alternatives) {}

    /**
     * @param tokens with the one that ended it, if that was sampled
     * @param logprobs of each, in the distribution that it was sampled from: at temperature 0 they are 0
     * @param alternatives of each place, the likeliest first; empty if none were asked for
     * @param ended whether the model ended it, or a stop text did
     * @param stop the text that ended it
     */
    record Sampled(int[] tokens, double[] logprobs, List<List<Alternative>> alternatives, boolean ended, @Nullable String stop) {}

    record Alternative(int token, double logprob) {}

    /** @param text without what ended it; empty if there is none */
    record Reply(String text, List<Conversation.ToolCall> calls) {}
}
