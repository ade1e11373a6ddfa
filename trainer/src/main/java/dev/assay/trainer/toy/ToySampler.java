// SPDX-License-Identifier: Apache-2.0

package dev.assay.trainer.toy;

import dev.assay.trainer.engine.Conversation;
import dev.assay.trainer.engine.Conversation.ToolCall;
import dev.assay.trainer.engine.RefusedException;
import dev.assay.trainer.engine.Sampler;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Samples from a policy that nobody changes. */
final class ToySampler implements Sampler {

    private static final RandomGeneratorFactory<RandomGenerator> RANDOM = RandomGeneratorFactory.of("L64X128MixRandom");

    private final Policy policy;

    ToySampler(Policy policy) {
        this.policy = policy;
    }

    @Override
    public int[] prompt(Conversation conversation) {
        return Rendering.of(conversation);
    }

    @Override
    public String text(int token) {
        return Vocabulary.name(token);
    }

    @Override
    public Sampled sample(int[] prompt, Sampling how) {
        if (prompt.length >= Toy.CONTEXT) {
            throw RefusedException.tooLong(
                    "The messages are " + prompt.length + " tokens; the toy reads and answers " + Toy.CONTEXT + " together.");
        }
        var random = how.seed() == null ? RANDOM.create() : RANDOM.create(how.seed());
        int length = prompt.length;
        var tokens = Arrays.copyOf(prompt, length + Math.min(how.most(), Toy.CONTEXT - length));
        var logprobs = new double[tokens.length - length];
        List<List<Alternative>> alternatives = new ArrayList<>();
        var stops = how.stop().stream().map(Vocabulary::tokens).toList();
        var features = new Features();
        for (; length < tokens.length; length++) {
            var here = distribution(policy.logits(features.of(tokens, length)), how.temperature());
            int token = pick(here, random);
            tokens[length] = token;
            logprobs[length - prompt.length] = here[token];
            if (how.alternatives() > 0) {
                alternatives.add(likeliest(here, how.alternatives()));
            }
            int stop = stopped(tokens, prompt.length, length + 1, stops);
            if (token == Vocabulary.END || stop >= 0) {
                return sampled(tokens, prompt.length, length + 1, logprobs, alternatives, true, stop < 0 ? null : how.stop().get(stop));
            }
        }
        return sampled(tokens, prompt.length, length, logprobs, alternatives, false, null);
    }

    private static Sampled sampled(
            int[] tokens, int from, int to, double[] logprobs, List<List<Alternative>> alternatives, boolean ended, @Nullable String stop) {
        return new Sampled(Arrays.copyOfRange(tokens, from, to), Arrays.copyOf(logprobs, to - from), alternatives, ended, stop);
    }

    /** Log-probabilities of what is sampled from. */
    private static double[] distribution(double[] logits, double temperature) {
        if (temperature == 0) {
            int best = IntStream.range(0, logits.length).reduce(0, (one, other) -> logits[other] > logits[one] ? other : one);
            Arrays.fill(logits, Double.NEGATIVE_INFINITY);
            logits[best] = 0;
            return logits;
        }
        if (temperature != 1) {
            for (int token = 0; token < logits.length; token++) {
                logits[token] /= temperature;
            }
        }
        return Policy.normal(logits);
    }

    private static int pick(double[] logprobs, RandomGenerator random) {
        double left = random.nextDouble();
        int likeliest = 0;
        for (int token = 0; token < logprobs.length; token++) {
            left -= StrictMath.exp(logprobs[token]);
            if (left < 0) {
                return token;
            }
            likeliest = logprobs[token] > logprobs[likeliest] ? token : likeliest;
        }
        return likeliest; // what rounding left
    }

    private static List<Alternative> likeliest(double[] logprobs, int most) {
        return IntStream.range(0, logprobs.length)
                .filter(token -> Double.isFinite(logprobs[token]))
                .mapToObj(token -> new Alternative(token, logprobs[token]))
                .sorted(Comparator.comparingDouble(Alternative::logprob).reversed())
                .limit(most)
                .toList();
    }

    /** Which of the stop texts the answer ends with; −1: none. */
    private static int stopped(int[] tokens, int from, int to, List<int[]> stops) {
        for (int stop = 0; stop < stops.size(); stop++) {
            int begin = to - stops.get(stop).length;
            if (begin >= from && Arrays.equals(tokens, begin, to, stops.get(stop), 0, to - begin)) {
                return stop;
            }
        }
        return -1;
    }

    @Override
    public Reply reply(Sampled sampled, Conversation conversation) {
        var text = Vocabulary.text(sampled.tokens());
        var choices = Choices.among(conversation.tools()).calls();
        List<ToolCall> calls = new ArrayList<>();
        for (int token : sampled.tokens()) {
            if (token >= Vocabulary.CALL && token < Vocabulary.CALL + choices.size()) {
                calls.add(choices.get(token - Vocabulary.CALL));
            }
        }
        var stop = sampled.stop();
        return new Reply(stop == null ? text : text.substring(0, text.length() - stop.length()), calls);
    }
}
