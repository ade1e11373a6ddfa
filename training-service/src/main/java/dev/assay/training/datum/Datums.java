// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.datum;

import dev.assay.contracts.training.Datum;
import java.util.ArrayList;
import java.util.List;

/**
 * One sequence from turns of which each goes on from the one before, so that it is computed once: as long as all that was read and
 * sampled is what the next prompt begins with. A prompt that does not (an edited history, a fresh conversation) begins another.
 */
public final class Datums {

    private Datums() {}

    /**
     * @param trajectory its place among the inputs
     * @return none if nothing was sampled behind a first token, which nothing predicts
     */
    public static List<Datum> of(Trajectory turns, int trajectory) {
        List<Datum> datums = new ArrayList<>();
        Sequence sequence = new Sequence();
        boolean begun = false;
        for (var turn : turns.samples()) {
            if (turn.output().length == 0) {
                continue;
            }
            if (begun && !sequence.isPrefixOf(turn.prompt())) {
                add(sequence, trajectory, datums);
                sequence = new Sequence();
            }
            sequence.add(turn);
            begun = true;
        }
        if (begun) {
            add(sequence, trajectory, datums);
        }
        return datums;
    }

    private static void add(Sequence sequence, int trajectory, List<Datum> to) {
        var datum = sequence.shifted(trajectory);
        if (datum.length() > 0) {
            to.add(datum);
        }
    }
}
