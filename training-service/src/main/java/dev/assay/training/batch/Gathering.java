// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.batch;

import dev.assay.contracts.RunId;
import dev.assay.contracts.training.DatumFile;
import dev.assay.kit.problem.Problem;
import dev.assay.training.datum.Datums;
import dev.assay.training.datum.Trajectory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** Writes inputs down as datums, as they are read. */
final class Gathering implements BatchInputs {

    private final DatumFile.Writer file;
    private final long mostTokens;
    private final BiFunction<RunId, String, Trajectory> record;
    private final List<Double> rewards = new ArrayList<>();
    private final List<@Nullable RunId> traces = new ArrayList<>();
    private final List<Integer> lengths = new ArrayList<>();
    private long tokens;
    private @Nullable String unsampled;

    /** @param record what is on record of a run, and at which place it is asked for */
    Gathering(DatumFile.Writer file, long mostTokens, BiFunction<RunId, String, Trajectory> record) {
        this.file = file;
        this.mostTokens = mostTokens;
        this.record = record;
    }

    @Override
    public void recorded(RunId run) {
        given(record.apply(run, "inputs[" + rewards.size() + "]"));
    }

    @Override
    public void given(Trajectory trajectory) {
        int number = rewards.size();
        for (int turn = 0; unsampled == null && turn < trajectory.samples().size(); turn++) {
            var sample = trajectory.samples().get(turn);
            if (sample.output().length > 0 && sample.logprobs().length == 0) {
                unsampled = "inputs[" + number + "].samples[" + turn + "]";
            }
        }
        for (var datum : Datums.of(trajectory, number)) {
            lengths.add(datum.length());
            tokens += datum.length() + 1;
            if (tokens > mostTokens) {
                throw Problem.tooLarge("inputs: more than the " + mostTokens + " tokens that one call may hold, from inputs[" + number + "] on");
            }
            try {
                file.write(datum);
            } catch (IOException e) {
                throw Batches.unkept(e);
            }
        }
        rewards.add(trajectory.reward());
        traces.add(trajectory.trace());
    }

    /** Of each input; null: it does not say. */
    List<@Nullable RunId> traces() {
        return traces;
    }

    Batch done(BatchSettings settings, String blob) {
        return new Batch(settings, blob, rewards, traces, lengths, tokens, unsampled);
    }

    /** Nothing predicts a first token, and what nobody sampled is not learnt. */
    void checkThatThereAreAny() {
        if (lengths.isEmpty()) {
            throw Problem.badRequest("inputs", "hold nothing to learn from: no sample has an output behind a first token");
        }
    }
}
