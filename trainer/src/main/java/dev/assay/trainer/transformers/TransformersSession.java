// SPDX-License-Identifier: Apache-2.0

package dev.assay.trainer.transformers;

import static dev.assay.trainer.transformers.PythonProcess.bytes;
import static dev.assay.trainer.transformers.PythonProcess.request;

import dev.assay.contracts.training.Call;
import dev.assay.contracts.training.Datum;
import dev.assay.trainer.engine.DatumTokens;
import dev.assay.trainer.engine.Engine;
import dev.assay.trainer.engine.Session;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Is kept by the process that has the base; one that ended has taken it along, and the model is begun anew. */
final class TransformersSession implements Session {

    private final LoadedBase base;
    private final DatumTokens reading;
    private final int number;

    TransformersSession(LoadedBase base, Engine.Start start) throws IOException {
        this.base = base;
        this.reading = new DatumTokens(base.name(), base.context(), base.vocabulary());
        this.number = base.process().number();
        base.process().ask(about("begin").put("weights", name(start.weights())).put("state", name(start.state())));
    }

    private static @Nullable String name(@Nullable Path file) {
        return file == null ? null : file.toString();
    }

    private ObjectNode about(String verb) {
        return request(verb).put("session", number);
    }

    @Override
    public void forward(Datums datums, Listener listener) throws IOException {
        int place = 0;
        for (var datum = datums.next(); datum != null; datum = datums.next()) {
            listener.hear(datum, read("forward", datum, place++));
        }
    }

    @Override
    public void accumulate(Datums datums, Weighing weighing) throws IOException {
        int place = 0;
        for (var datum = datums.next(); datum != null; datum = datums.next()) {
            var weights = weighing.weigh(datum, read("read", datum, place++));
            var floats = ByteBuffer.allocate(4 * weights.length).order(ByteOrder.LITTLE_ENDIAN);
            for (double weight : weights) {
                floats.putFloat((float) weight);
            }
            base.process().ask(about("weigh"), floats.array());
        }
    }

    private Reading read(String verb, Datum datum, int place) throws IOException {
        var answer = base.process().ask(about(verb), bytes(reading.of(datum, place), datum.targets())).data();
        var logprobs = new double[datum.length()];
        var entropies = new double[datum.length()];
        for (int position = 0; position < logprobs.length; position++) {
            logprobs[position] = answer.getFloat(4 * position);
            entropies[position] = answer.getFloat(4 * (logprobs.length + position));
        }
        return new Reading(logprobs, entropies);
    }

    @Override
    public double step(Call.Rate rate) throws IOException {
        var request = about("step")
                .put("learning_rate", rate.learningRate()).put("beta1", rate.beta1()).put("beta2", rate.beta2()).put("eps", rate.eps())
                .put("weight_decay", rate.weightDecay());
        return base.process().ask(request).head().path("norm").doubleValue();
    }

    @Override
    public void save(Path weights, Path state) throws IOException {
        base.process().ask(about("save").put("weights", weights.toString()).put("state", state.toString()));
    }

    @Override
    public void close() {
        base.process().release(number);
    }
}
