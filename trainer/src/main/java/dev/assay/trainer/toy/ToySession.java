// SPDX-License-Identifier: Apache-2.0

package dev.assay.trainer.toy;

import dev.assay.contracts.training.Call;
import dev.assay.contracts.training.Chunk;
import dev.assay.contracts.training.Datum;
import dev.assay.trainer.engine.RefusedException;
import dev.assay.trainer.engine.Session;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.IntPredicate;

/** Computes one datum after the other, one position after the other: sums are always made in the same order. */
final class ToySession implements Session {

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
            listener.hear(datum, read(datum, tokens(datum, number++), position -> true));
        }
    }

    @Override
    public void accumulate(Datums datums, Weighing weighing) throws IOException {
        int number = 0;
        for (var datum = datums.next(); datum != null; datum = datums.next()) {
            var mask = datum.mask();
            var tokens = tokens(datum, number++);
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

    /** What the datum reads, checked. */
    private static int[] tokens(Datum datum, int number) {
        var where = "inputs[" + datum.trajectory() + "], datum " + number;
        var tokens = new int[datum.length()];
        if (tokens.length > Toy.CONTEXT) {
            throw RefusedException.tooLong(where + ": is a sequence of " + tokens.length + " positions; the toy reads " + Toy.CONTEXT);
        }
        int at = 0;
        for (var chunk : datum.input()) {
            if (!(chunk instanceof Chunk.Text(int[] ids))) {
                throw RefusedException.unfit(where + ": has a picture at position " + at + "; the toy reads text alone");
            }
            if (at + ids.length > tokens.length) {
                throw RefusedException.unfit(where + ": reads more tokens than it has targets, which are " + tokens.length);
            }
            System.arraycopy(ids, 0, tokens, at, ids.length);
            at += ids.length;
        }
        if (at < tokens.length) {
            throw RefusedException.unfit(where + ": reads " + at + " tokens, and has " + tokens.length + " targets");
        }
        checkIds(tokens, where + ": the token");
        checkIds(datum.targets(), where + ": the target");
        return tokens;
    }

    private static void checkIds(int[] ids, String what) {
        for (int position = 0; position < ids.length; position++) {
            if (ids[position] < 0 || ids[position] >= Vocabulary.SIZE) {
                throw RefusedException.unfit(what + " " + ids[position] + " at position " + position
                        + " is none of the toy's, which are 0 to " + (Vocabulary.SIZE - 1));
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
