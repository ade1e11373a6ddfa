// SPDX-License-Identifier: Apache-2.0

package dev.assay.trainer.tinker;

import dev.assay.contracts.training.Call;
import dev.assay.contracts.training.Datum;
import dev.assay.trainer.engine.DatumTokens;
import dev.assay.trainer.engine.Engine;
import dev.assay.trainer.engine.Session;
import dev.assay.trainer.tinker.TinkerProto.Weighed;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import tools.jackson.databind.node.ObjectNode;

/**
 * A model that the service trains. Losses stay here: it says ℓ of a batch, and is then told by how much each position counts, as weights of
 * its cross entropy. So there are two passes where it would do one of a loss of its own.
 */
final class TinkerSession implements Session {

    /** At once, as the published client does it. */
    private static final int MOST_DATUMS = 1024;
    private static final int MOST_BYTES = 5_000_000;

    private final RemoteSession session;
    private final TinkerWire wire;
    private final DatumTokens reading;
    private final String model;
    private int sequence;

    TinkerSession(RemoteSession session, TinkerModel model, Engine.Start start) throws IOException {
        this.session = session;
        this.wire = session.wire();
        this.reading = new DatumTokens(model.name(), model.context(), model.tokenizer().vocabulary());
        this.model = begun(model, start);
    }

    private String begun(TinkerModel model, Engine.Start start) throws IOException {
        var from = start.state() != null ? start.state() : start.weights();
        if (from == null) {
            var body = session.about("create_model").put("model_seq_id", 0).put("base_model", model.base());
            body.putObject("lora_config").put("rank", model.rank())
                    .put("seed", 0) // who begins anew begins with the same matrices
                    .put("train_unembed", true).put("train_mlp", true).put("train_attn", true);
            body.putObject("optimizer_config").put("type", "adamw");
            return wire.done("create_model", body).path("model_id").stringValue();
        }
        return wire.done("load_weights", session.about("load_weights").put("model_seq_id", 0)
                .put("path", SavedPaths.read(from).trained()).put("optimizer", start.state() != null)).path("model_id").stringValue();
    }

    /** A datum with what is sent of it. */
    private record Read(Datum datum, Weighed sent) {}

    @Override
    public void forward(Datums datums, Listener listener) throws IOException {
        batches(datums, batch -> {
            var heard = logprobs(batch.stream().map(Read::sent).toList());
            for (int i = 0; i < batch.size(); i++) {
                listener.hear(batch.get(i).datum(), heard.get(i));
            }
        });
    }

    @Override
    public void accumulate(Datums datums, Weighing weighing) throws IOException {
        batches(datums, batch -> {
            var read = logprobs(batch.stream().map(Read::sent).toList());
            List<Weighed> weighed = new ArrayList<>();
            for (int i = 0; i < batch.size(); i++) {
                var weights = weighing.weigh(batch.get(i).datum(), read.get(i));
                if (Arrays.stream(weights).anyMatch(weight -> weight != 0)) {
                    weighed.add(weighed(batch.get(i).sent(), weights));
                }
            }
            if (!weighed.isEmpty()) {
                wire.doneInProto("forward_backward", TinkerProto.forwardBackward(model, ++sequence, weighed, false));
            }
        });
    }

    private static Weighed weighed(Weighed sent, double[] weights) {
        var floats = new float[weights.length];
        for (int position = 0; position < floats.length; position++) {
            floats[position] = (float) weights[position];
        }
        return new Weighed(sent.tokens(), sent.targets(), floats);
    }

    private interface Work {
        void of(List<Read> batch) throws IOException;
    }

    private void batches(Datums datums, Work work) throws IOException {
        List<Read> batch = new ArrayList<>();
        int bytes = 0;
        int place = 0;
        for (var datum = datums.next(); datum != null; datum = datums.next()) {
            var sent = new Weighed(reading.of(datum, place++), datum.targets(), new float[datum.length()]);
            if (batch.size() == MOST_DATUMS || !batch.isEmpty() && bytes + sent.bytes() > MOST_BYTES) {
                work.of(batch);
                batch.clear();
                bytes = 0;
            }
            batch.add(new Read(datum, sent));
            bytes += sent.bytes();
        }
        if (!batch.isEmpty()) {
            work.of(batch);
        }
    }

    /** The service tells no entropies. */
    private List<Reading> logprobs(List<Weighed> sent) throws IOException {
        var told = TinkerProto.logprobs(wire.doneInProto("forward_backward", TinkerProto.forwardBackward(model, ++sequence, sent, true)));
        if (told.size() != sent.size()) {
            throw new IOException("the service says log-probabilities of " + told.size() + " sequences, and was asked for " + sent.size());
        }
        List<Reading> readings = new ArrayList<>();
        for (int i = 0; i < sent.size(); i++) {
            var logprobs = told.get(i);
            if (logprobs.length != sent.get(i).targets().length || !Arrays.stream(logprobs).allMatch(Double::isFinite)) {
                throw new IOException("the service does not say a log-probability of every position of sequence " + i);
            }
            var entropies = new double[logprobs.length];
            Arrays.fill(entropies, Double.NaN);
            readings.add(new Reading(logprobs, entropies));
        }
        return readings;
    }

    @Override
    public double step(Call.Rate rate) throws IOException {
        var body = about("optim_step");
        body.putObject("adam_params").put("learning_rate", rate.learningRate()).put("beta1", rate.beta1()).put("beta2", rate.beta2())
                .put("eps", rate.eps()).put("weight_decay", rate.weightDecay()).put("grad_clip_norm", 0.0);
        wire.done("optim_step", body);
        return Double.NaN; // what it may tell of a step has no name that is published
    }

    @Override
    public void save(Path weights, Path state) throws IOException {
        var name = "assay-" + UUID.randomUUID();
        var trained = saved("save_weights", about("save_weights").put("path", name).put("overwrite", false));
        var sampled = saved("save_weights_for_sampler", about("save_weights_for_sampler").put("path", name).put("kind", "snapshot"));
        new SavedPaths(sampled, trained).write(weights);
        new SavedPaths(null, trained).write(state);
    }

    private String saved(String verb, ObjectNode body) throws IOException {
        var path = wire.done(verb, body).path("path").asString("");
        if (path.isEmpty()) {
            throw new IOException("the service does not say where it has saved the weights");
        }
        return path;
    }

    /** Requests about a model are done in the order of their numbers, each once. */
    private ObjectNode about(String type) {
        return TinkerWire.request(type).put("model_id", model).put("seq_id", ++sequence);
    }

    @Override
    public void close() {
        session.close();
    }
}
