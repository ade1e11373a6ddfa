// SPDX-License-Identifier: Apache-2.0

package dev.assay.trainer.toy;

import dev.assay.contracts.training.Call;
import dev.assay.contracts.training.Datum;
import dev.assay.trainer.engine.DatumTokens;
import dev.assay.trainer.engine.RefusedException;
import dev.assay.trainer.engine.Session;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.IntPredicate;

/** Computes one datum after the other, one position after the other: sums are always made in the same order. */
final class ToySession implements Session {

    private static final DatumTokens READING = new DatumTokens("the toy", Toy.CONTEXT, Vocabulary.SIZE);

    private final Policy policy;
    private Adam adam;
    private Gradient gradient = new Gradient();

    ToySession(Policy policy, Adam adam) {
        this.policy = policy;
        this.adam = adam;
    }

    @Override
    public void forward(Datums datums, Listener listener) throws IOException {
        int number = 0;
        for (var datum = datums.next(); datum != null; datum = datums.next()) {
            listener.hear(datum, read(datum, READING.of(datum, number++), position -> true));
        }
    }

    @Override
    public void accumulate(Datums datums, Weighing weighing) throws IOException {
        int number = 0;
        for (var datum = datums.next(); datum != null; datum = datums.next()) {
            var mask = datum.mask();
            var tokens = READING.of(datum, number++);
            add(datum, tokens, weighing.weigh(datum, read(datum, tokens, position -> mask[position] > 0)));
        }
    }

    private Reading read(Datum datum, int[] tokens, IntPredicate asked) {
        var logprobs = new double[datum.length()];
        var entropies = new double[datum.length()];
        var features = new Features();
        for (int position = 0; position < logprobs.length; position++) {
            if (asked.test(position)) {
                var here = policy.logprobs(features.of(tokens, position + 1));
                logprobs[position] = here[datum.targets()[position]];
                entropies[position] = Policy.entropy(here);
            }
        }
        return new Reading(logprobs, entropies);
    }

    private void add(Datum datum, int[] tokens, double[] weights) {
        var features = new Features();
        for (int position = 0; position < weights.length; position++) {
            if (weights[position] != 0) {
                policy.accumulate(features.of(tokens, position + 1), datum.targets()[position], weights[position], gradient);
            }
        }
    }

    @Override
    public double step(Call.Rate rate) {
        double norm = gradient.norm();
        adam = adam.step(policy.table(), gradient, rate);
        gradient = new Gradient();
        if (!policy.table().isFinite() || !adam.first().isFinite() || !adam.second().isFinite()) {
            throw RefusedException.unfit("learning_rate: a step with " + rate.learningRate()
                    + " makes weights that are no numbers; the gradient's norm is " + norm);
        }
        return norm;
    }

    @Override
    public void save(Path weights, Path state) throws IOException {
        ToyFile.writeWeights(weights, policy);
        ToyFile.writeState(state, policy, adam);
    }

    @Override
    public void close() {}
}
