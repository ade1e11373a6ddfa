// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.call;

import dev.assay.contracts.training.Call;
import dev.assay.contracts.training.CallLease;
import dev.assay.contracts.training.CallOutcome;
import dev.assay.kit.blob.Blobs;
import dev.assay.kit.problem.Problem;
import dev.assay.kit.signal.WorkSignal;
import dev.assay.training.TrainingSettings;
import dev.assay.training.tree.Checkpoint;
import dev.assay.training.tree.CheckpointRows;
import dev.assay.training.tree.Learner;
import dev.assay.training.tree.Learners;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Gives calls to trainers and hears what came of them. A model's calls are done one after the other, in the order in which they came. */
@Service
class Leases {

    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final int MOST_DETAIL = 2000;

    private final CallRows rows;
    private final Learners learners;
    private final CheckpointRows checkpoints;
    private final BlobsInUse use;
    private final Blobs blobs;
    private final TrainingSettings settings;
    private final WorkSignal work;
    private final WorkSignal ends;

    Leases(
            CallRows rows, Learners learners, CheckpointRows checkpoints, BlobsInUse use, Blobs blobs, TrainingSettings settings,
            WorkSignal trainingWork, WorkSignal trainingEnds) {
        this.use = use;
        this.rows = rows;
        this.learners = learners;
        this.checkpoints = checkpoints;
        this.blobs = blobs;
        this.settings = settings;
        this.work = trainingWork;
        this.ends = trainingEnds;
    }

    /** Empty: there is nothing for this trainer now. What nobody has to compute is answered on the way. */
    @Transactional
    Optional<CallLease> take(String trainer, List<String> kinds) {
        var found = learners.lockOneFor(trainer, kinds, PATIENCE, settings.absent());
        if (found.isEmpty()) {
            return Optional.empty();
        }
        var model = found.get();
        var gathered = rows.gathered(model.id());
        while (true) {
            var next = rows.next(model.id()).filter(CallRow::isFree);
            if (next.isEmpty()) {
                return Optional.empty();
            }
            var call = next.get();
            if (call.losses() >= settings.attempts()) {
                end(call, 500, "This was given up: " + call.losses() + " trainers were lost over it, one after the other.");
                continue;
            }
            if (!call.isStep() || isToBeMade(call, model, gathered)) {
                return Optional.of(lease(rows.lease(call.id(), trainer, settings.lease()), trainer, model, gathered));
            }
        }
    }

    private boolean isToBeMade(CallRow step, Learner model, List<CallRow> gathered) {
        return switch (StepRules.decide(step, gathered, newest(model), settings.repeat())) {
            case StepRules.Make() -> true;
            case StepRules.Made(UUID checkpoint) -> {
                rows.doneBefore(step.id(), checkpoint);
                ends.arrived();
                yield false;
            }
            case StepRules.Refused(String why) -> {
                end(step, 409, why);
                yield false;
            }
        };
    }

    /** The newest step, if the model is where it led. */
    private @Nullable CallRow newest(Learner model) {
        var head = head(model);
        return head == null || head.step() != model.steps() ? null : rows.stepTo(head.id()).orElse(null);
    }

    private @Nullable Checkpoint head(Learner model) {
        return model.head() == null ? null : checkpoints.find(model.id(), model.head()).orElseThrow();
    }

    private CallLease lease(CallRow call, String trainer, Learner model, List<CallRow> gathered) {
        learners.taken(model.id(), trainer);
        var head = head(model);
        return new CallLease(
                call.attempt(),
                settings.lease().toMillis(),
                model.id(),
                model.trainer(),
                model.base(),
                model.head(),
                model.steps(),
                head == null ? null : head.state(),
                head == null ? model.weights() : null,
                gathered.stream().map(CallRow::told).toList(),
                call.told());
    }

    private void end(CallRow call, int status, String detail) {
        rows.fail(call.id(), status, detail);
        ends.arrived();
    }

    void renew(UUID call, String trainer, int attempt) {
        if (!rows.renew(call, trainer, attempt, settings.lease())) {
            throw fenced(call, attempt);
        }
    }

    /** Whoever has it does not do it after all: it is another's at once. */
    @Transactional
    void giveBack(UUID id, String trainer, int attempt) {
        var model = learners.lock(rows.find(id).orElseThrow(() -> fenced(id, attempt)).model());
        if (!rows.giveBack(id, trainer, attempt)) {
            throw fenced(id, attempt);
        }
        learners.left(model.id(), trainer);
        work.arrived();
    }

    /** All of it or nothing: a checkpoint, that it is the head, that what was gathered is in it, the call's end. */
    @Transactional
    void told(UUID id, String trainer, CallOutcome outcome) {
        var known = rows.find(id).orElseThrow(() -> fenced(id, outcome.attempt()));
        var model = learners.lock(known.model());
        var call = rows.find(id).orElseThrow(() -> fenced(id, outcome.attempt()));
        if (call.attempt() != outcome.attempt() || !trainer.equals(call.trainer())) {
            throw fenced(id, outcome.attempt());
        }
        if (call.state() == CallRow.State.DONE || call.state() == CallRow.State.FAILED && outcome.failure() != null) {
            return; // told again
        }
        if (call.state() != CallRow.State.LEASED) {
            throw fenced(id, outcome.attempt());
        }
        var failure = outcome.failure();
        if (failure != null) {
            rows.fail(id, failure.status() >= 400 && failure.status() < 600 ? failure.status() : 500, cut(failure.detail()));
        } else {
            use.keep();
            check(call, outcome);
            rows.done(id, outcome, call.isStep() ? step(call, model, outcome) : null);
        }
        ends.arrived();
        work.arrived();
    }

    private UUID step(CallRow call, Learner model, CallOutcome outcome) {
        var saved = outcome.checkpoint();
        if (saved == null) {
            throw Problem.badRequest("checkpoint", "required of a step");
        }
        var gathered = rows.gathered(model.id());
        var checkpoint = new Checkpoint(
                call.id(), model.id(), model.head(), model.steps() + 1, saved.weights(), saved.state(), call.databaseTime(),
                StepRecord.of(gathered, call, outcome.metrics()));
        checkpoints.insert(checkpoint);
        rows.consume(model.id(), checkpoint.id());
        learners.stepped(model.id(), checkpoint.id(), checkpoint.step());
        return checkpoint.id();
    }

    private void check(CallRow call, CallOutcome outcome) {
        outcome.metrics().forEach((name, value) -> {
            if (value == null || !Double.isFinite(value)) {
                throw Problem.badRequest("metrics." + name, "must be a finite number");
            }
        });
        if (outcome.checkpoint() != null) {
            sizeOf("checkpoint.weights", outcome.checkpoint().weights());
            sizeOf("checkpoint.state", outcome.checkpoint().state());
        }
        if (call.kind().equals(Call.FORWARD)) {
            if (outcome.logprobs() == null) {
                throw Problem.badRequest("logprobs", "required of a forward");
            }
            long positions = call.asked().lengths().stream().mapToLong(Integer::longValue).sum();
            if (sizeOf("logprobs", outcome.logprobs()) != 4 * positions) {
                throw Problem.badRequest("logprobs", "must be " + positions + " numbers of 4 bytes");
            }
        }
    }

    private long sizeOf(String field, String blob) {
        try {
            return blobs.find(blob).orElseThrow(() -> Problem.badRequest(field, "there is no blob " + blob)).contentLength();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String cut(String detail) {
        return detail.length() > MOST_DETAIL ? detail.substring(0, MOST_DETAIL) + "…" : detail;
    }

    private static Problem fenced(UUID call, int attempt) {
        return Problem.conflict("Attempt " + attempt + " of call " + call + " is not yours any more: nothing of it counts.");
    }
}
