// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.call;

import dev.assay.contracts.ModelId;
import dev.assay.contracts.training.Call;
import dev.assay.contracts.training.Call.Rate;
import dev.assay.contracts.training.Loss;
import dev.assay.kit.blob.Blobs;
import dev.assay.kit.problem.Problem;
import dev.assay.kit.signal.WorkSignal;
import dev.assay.training.TrainingSettings;
import dev.assay.training.batch.Batch;
import dev.assay.training.batch.GivenWeights;
import dev.assay.training.tree.CheckpointRows;
import dev.assay.training.tree.CheckpointView;
import dev.assay.training.tree.Learners;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Takes what models are told. What was taken is a row: it is done whoever dies meanwhile, and whether or not somebody waits for it. */
@Service
class Calls {

    private final CallRows rows;
    private final Learners learners;
    private final CheckpointRows checkpoints;
    private final BlobsInUse use;
    private final Blobs blobs;
    private final TrainingSettings settings;
    private final WorkSignal work;
    private final WorkSignal ends;

    Calls(
            CallRows rows, Learners learners, CheckpointRows checkpoints, BlobsInUse use, Blobs blobs, TrainingSettings settings,
            WorkSignal trainingWork, WorkSignal trainingEnds) {
        this.use = use;
        this.blobs = blobs;
        this.rows = rows;
        this.learners = learners;
        this.checkpoints = checkpoints;
        this.settings = settings;
        this.work = trainingWork;
        this.ends = trainingEnds;
    }

    @Transactional
    UUID forwardBackward(ModelId model, Batch batch) {
        Loss loss;
        try {
            loss = Loss.named(Asked.loss(batch.settings()), Asked.ownConfig(batch.settings()));
        } catch (IllegalArgumentException e) {
            throw Problem.badRequest(String.valueOf(e.getMessage()));
        }
        if (loss.needsSampled() && batch.unsampled() != null) {
            throw Problem.badRequest(batch.unsampled() + ".output_logprobs",
                    "missing, and '" + Asked.loss(batch.settings()) + "' compares with what was sampled; 'cross_entropy' does not");
        }
        return take(model, Call.FORWARD_BACKWARD, Asked.forwardBackward(batch), batch.datums(), null, null);
    }

    @Transactional
    UUID forward(ModelId model, Batch batch) {
        return take(model, Call.FORWARD, Asked.forward(batch), batch.datums(), null, null);
    }

    @Transactional
    UUID backward(ModelId model, GivenWeights given) {
        var forward = rows.find(given.forward())
                .filter(call -> call.model().equals(model) && call.kind().equals(Call.FORWARD) && call.state() == CallRow.State.DONE)
                .filter(call -> call.endedAt() != null && call.endedAt().plus(settings.forward()).isAfter(call.databaseTime()))
                .orElseThrow(() -> Problem.notFound("forward_id: this model has no forward " + given.forward() + ", or it is too long ago."));
        if (forward.checkpoint() != null || forward.dropped()) {
            throw Problem.conflict("forward_id: the weights have changed since that forward, by a step or by a moved head. Its log-probabilities"
                    + " are not theirs any more.");
        }
        if (!given.lengths().equals(forward.asked().lengths())) {
            throw Problem.badRequest("weights", Lengths.difference(forward.asked().lengths(), given.lengths()));
        }
        if (rows.isUsed(forward.id())) {
            throw used();
        }
        try {
            return take(model, Call.BACKWARD, forward.asked().backward(given.metrics()), forward.datums(), given.weights(), forward.id());
        } catch (DuplicateKeyException e) {
            throw used();
        }
    }

    private static Problem used() {
        return Problem.conflict("forward_id: that forward has been differentiated already. A forward is for one backward.");
    }

    @Transactional
    UUID step(ModelId model, Rate rate) {
        return take(model, Call.OPTIM_STEP, Asked.step(rate), null, null, null);
    }

    private UUID take(
            ModelId model, String kind, Asked asked, @Nullable String datums,
            @Nullable String weights, @Nullable UUID forward) {
        use.keep();
        if (datums != null && blobs.find(datums).isEmpty() || weights != null && blobs.find(weights).isEmpty()) {
            // the same was sent long ago, and was cleared away just now
            throw Problem.unavailable("What was sent could not be kept. Send it again.");
        }
        var id = UUID.randomUUID();
        rows.insert(id, model, kind, asked, datums, weights, forward);
        work.arrived();
        return id;
    }

    /**
     * What a model serves from now on. What was gathered is dropped: it was made of other weights. The same again changes nothing.
     *
     * @throws Problem 404 if the model has no such checkpoint
     */
    @Transactional
    CheckpointView moveHead(ModelId id, String to) {
        var model = learners.lock(id);
        var checkpoint = checkpoints.named(model, to)
                .orElseThrow(() -> Problem.notFound("checkpoint_id: model '" + model.slug() + "' has no checkpoint '" + to + "'."));
        if (!checkpoint.id().equals(model.head())) {
            learners.moveHead(id, checkpoint.id());
            rows.drop(id);
            ends.arrived();
        }
        return CheckpointView.of(checkpoint, model.slug(), checkpoint.id());
    }
}
