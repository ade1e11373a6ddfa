// SPDX-License-Identifier: Apache-2.0

package dev.assay.trainer.call;

import dev.assay.contracts.training.Call;
import dev.assay.contracts.training.CallLease;
import dev.assay.contracts.training.CallOutcome;
import dev.assay.contracts.training.CallOutcome.Saved;
import dev.assay.contracts.training.DatumFile;
import dev.assay.trainer.blob.BlobFolder;
import dev.assay.trainer.call.Sessions.Held;
import dev.assay.trainer.call.Sessions.Origin;
import dev.assay.trainer.engine.Engine;
import dev.assay.trainer.engine.Session;
import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What one lease asks to be done, while it holds. */
final class LeasedCall {

    private final CallLease lease;
    private final KeptLease kept;
    private final Engine engine;
    private final BlobFolder blobs;

    LeasedCall(CallLease lease, KeptLease kept, Engine engine, BlobFolder blobs) {
        this.lease = lease;
        this.kept = kept;
        this.engine = engine;
        this.blobs = blobs;
    }

    /** @param after where the model is then */
    record Done(CallOutcome outcome, Held after) {}

    /** The model as the lease says it is: at its head, with everything done again that was gathered since. */
    Held begin() throws IOException, InterruptedException {
        var origin = Origin.of(lease);
        var session = engine.begin(new Engine.Start(origin.base(), fetch(origin.weights()), fetch(origin.state())));
        try {
            for (var call : lease.gathered()) {
                learn(call, session);
            }
            return new Held(session, origin, lease.gathered().stream().map(Call::id).toList());
        } catch (IOException | InterruptedException | RuntimeException | Error e) {
            session.close();
            throw e;
        }
    }

    Done done(Held model) throws IOException, InterruptedException {
        var call = lease.call();
        return switch (call.kind()) {
            case Call.FORWARD -> new Done(outcome(Map.of(), false, forward(call, model.session()), null), model);
            case Call.FORWARD_BACKWARD, Call.BACKWARD -> {
                var learning = learn(call, model.session());
                yield new Done(outcome(learning.metrics(), learning.moves(), null, null), model.with(call.id()));
            }
            case Call.OPTIM_STEP -> {
                var rate = Objects.requireNonNull(call.rate());
                var norm = model.session().step(rate);
                var saved = save(model.session());
                yield new Done(outcome(metrics(norm, rate), false, null, saved), model.at(saved.state()));
            }
            default -> throw new IOException("no call is a '" + call.kind() + "'");
        };
    }

    private static Map<String, Double> metrics(double norm, Call.Rate rate) {
        return Double.isNaN(norm)
                ? Map.of("learning_rate", rate.learningRate())
                : Map.of("grad_norm", norm, "learning_rate", rate.learningRate());
    }

    private CallOutcome outcome(Map<String, Double> metrics, boolean moves, @Nullable String logprobs, @Nullable Saved checkpoint) {
        return new CallOutcome(lease.attempt(), null, metrics, moves, logprobs, checkpoint);
    }

    private Learning learn(Call call, Session session) throws IOException, InterruptedException {
        try (var datums = datums(call)) {
            if (call.kind().equals(Call.FORWARD_BACKWARD)) {
                return accumulated(session, datums, Learning.byLoss(call));
            }
            try (var weights = Files.newInputStream(fetched(call.weights()))) {
                return accumulated(session, datums, Learning.given(call, weights));
            }
        }
    }

    private Learning accumulated(Session session, DatumFile.Reader datums, Learning learning) throws IOException {
        session.accumulate(whileItHolds(datums), learning);
        return learning;
    }

    private String forward(Call call, Session session) throws IOException, InterruptedException {
        var file = blobs.scratch();
        try {
            try (var datums = datums(call); var out = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file)))) {
                session.forward(whileItHolds(datums), (datum, reading) -> {
                    for (double logprob : reading.logprobs()) {
                        out.writeFloat(Math.max(-Float.MAX_VALUE, (float) logprob));
                    }
                });
            }
            return kept.insist(() -> blobs.put(file));
        } finally {
            Files.deleteIfExists(file);
        }
    }

    private Saved save(Session session) throws IOException, InterruptedException {
        var weights = blobs.scratch();
        var state = blobs.scratch();
        try {
            session.save(weights, state);
            return new Saved(kept.insist(() -> blobs.put(weights)), kept.insist(() -> blobs.put(state)));
        } finally {
            Files.deleteIfExists(weights);
            Files.deleteIfExists(state);
        }
    }

    private Session.Datums whileItHolds(DatumFile.Reader datums) {
        return () -> {
            kept.check();
            return datums.next();
        };
    }

    private DatumFile.Reader datums(Call call) throws IOException, InterruptedException {
        return new DatumFile.Reader(Files.newInputStream(fetched(call.datums())));
    }

    private @Nullable Path fetch(@Nullable String sha256) throws IOException, InterruptedException {
        return sha256 == null ? null : fetched(sha256);
    }

    private Path fetched(@Nullable String sha256) throws IOException, InterruptedException {
        var blob = Objects.requireNonNull(sha256, "a call names no blob where it should");
        return kept.insist(() -> blobs.fetch(blob));
    }
}
