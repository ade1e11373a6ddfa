// SPDX-License-Identifier: Apache-2.0

package dev.assay.trainer.call;

import dev.assay.contracts.training.Call;
import dev.assay.contracts.training.Datum;
import dev.assay.contracts.training.Loss;
import dev.assay.trainer.engine.RefusedException;
import dev.assay.trainer.engine.Session.Reading;
import dev.assay.trainer.engine.Session.Weighing;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;

/** By how much each position of each datum counts: as a loss says, or as was given. */
final class Learning implements Weighing {

    /** One datum's. */
    private interface Weights {
        double[] of(Datum datum, Reading reading) throws IOException;
    }

    private final Call call;
    private final Tally tally;
    private final Weights weights;
    private boolean moves;

    private Learning(Call call, Tally tally, Weights weights) {
        this.call = call;
        this.tally = tally;
        this.weights = weights;
    }

    static Learning byLoss(Call call) {
        var loss = loss(call);
        return new Learning(call, new Tally(loss), (datum, reading) -> {
            var weights = new double[datum.length()];
            var advantage = advantage(call, datum);
            for (int position = 0; position < weights.length; position++) {
                if (datum.mask()[position] > 0) {
                    weights[position] = loss.weight(reading.logprobs()[position], datum.sampled()[position], advantage);
                }
            }
            return weights;
        });
    }

    private static double advantage(Call call, Datum datum) {
        return call.advantages().isEmpty() ? 0 : call.advantages().get(datum.trajectory());
    }

    private static Loss loss(Call call) {
        try {
            return Loss.named(String.valueOf(call.loss()), call.config());
        } catch (IllegalArgumentException e) {
            throw RefusedException.unfit(String.valueOf(e.getMessage()));
        }
    }

    /** @param weights 32-bit floats, big-endian, one for each position of each datum */
    static Learning given(Call call, InputStream weights) {
        var in = new DataInputStream(new BufferedInputStream(weights));
        return new Learning(call, new Tally(null), (datum, reading) -> {
            var given = new double[datum.length()];
            try {
                for (int position = 0; position < given.length; position++) {
                    given[position] = in.readFloat();
                }
            } catch (EOFException e) {
                throw RefusedException.unfit("weights: are fewer than the positions of the forward");
            }
            return given;
        });
    }

    @Override
    public double[] weigh(Datum datum, Reading reading) throws IOException {
        var weighed = weights.of(datum, reading);
        for (int position = 0; position < weighed.length; position++) {
            if (!Double.isFinite(weighed[position])) {
                throw RefusedException.unfit("inputs[" + datum.trajectory() + "]: its token at position " + position
                        + " cannot be weighed: its log-probability is " + reading.logprobs()[position]
                        + ", and it was sampled with " + datum.sampled()[position]);
            }
            moves |= weighed[position] != 0;
        }
        tally.add(datum, reading, advantage(call, datum));
        return weighed;
    }

    /** Whether any weight was other than 0. */
    boolean moves() {
        return moves;
    }

    Map<String, Double> metrics() {
        return tally.metrics();
    }
}
