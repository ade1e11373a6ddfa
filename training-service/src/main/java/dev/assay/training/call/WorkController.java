// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.call;

import dev.assay.contracts.ModelId;
import dev.assay.contracts.training.CallAsk;
import dev.assay.contracts.training.CallLease;
import dev.assay.contracts.training.CallOutcome;
import dev.assay.contracts.training.Weights;
import dev.assay.kit.blob.Blobs;
import dev.assay.kit.identity.Admits;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import dev.assay.kit.problem.Problem;
import dev.assay.kit.signal.WorkSignal;
import dev.assay.training.TrainingSettings;
import dev.assay.training.tree.CheckpointRows;
import dev.assay.training.tree.Learners;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.FileSystemResource;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** What trainers ask and say. */
@RestController
@Admits(Role.TRAINER)
@RequestMapping("/internal/training")
class WorkController {

    private static final Duration LONGEST = Duration.ofSeconds(20);

    private final Leases leases;
    private final Trainers trainers;
    private final Learners learners;
    private final CheckpointRows checkpoints;
    private final Blobs blobs;
    private final TrainingSettings settings;
    private final WorkSignal work;

    WorkController(
            Leases leases, Trainers trainers, Learners learners, CheckpointRows checkpoints, Blobs blobs, TrainingSettings settings,
            WorkSignal trainingWork) {
        this.leases = leases;
        this.trainers = trainers;
        this.learners = learners;
        this.checkpoints = checkpoints;
        this.blobs = blobs;
        this.settings = settings;
        this.work = trainingWork;
    }

    @PostMapping("/leases")
    ResponseEntity<CallLease> lease(Caller caller, @RequestBody CallAsk ask) throws InterruptedException {
        var trainer = caller.requireTrainer();
        if (ask.kinds() == null || ask.kinds().isEmpty()) {
            throw Problem.badRequest("kinds", "required");
        }
        trainers.asks(trainer, ask.kinds());
        var wait = Duration.ofMillis(Math.clamp(ask.waitMillis(), 0, LONGEST.toMillis()));
        return work.until(() -> leases.take(trainer, ask.kinds()), Optional::isPresent, wait)
                .map(ResponseEntity::ok)
                .orElseGet(() -> ResponseEntity.noContent().build());
    }

    @PostMapping("/calls/{id}/renew")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void renew(Caller caller, @PathVariable UUID id, @RequestParam int attempt) {
        trainers.works(caller.requireTrainer());
        leases.renew(id, caller.requireTrainer(), attempt);
    }

    @PostMapping("/calls/{id}/outcome")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void outcome(Caller caller, @PathVariable UUID id, @RequestBody CallOutcome outcome) {
        leases.told(id, caller.requireTrainer(), outcome);
    }

    record Put(String sha256) {}

    @PutMapping("/blobs")
    Put put(HttpServletRequest request) throws IOException {
        return new Put(blobs.put(request.getInputStream(), Long.MAX_VALUE).sha256());
    }

    @GetMapping("/blobs/{sha256}")
    ResponseEntity<FileSystemResource> blob(@PathVariable String sha256) {
        return find(sha256)
                .map(file -> ResponseEntity.ok().contentType(MediaType.APPLICATION_OCTET_STREAM).body(new FileSystemResource(file)))
                .orElseThrow(() -> Problem.notFound("There is no blob " + sha256 + "."));
    }

    private Optional<Path> find(String sha256) {
        try {
            return blobs.find(sha256);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Asked for each request, so that a head that was moved counts for the next one. */
    @GetMapping("/models/{id}/weights")
    Weights weights(@PathVariable ModelId id, @RequestParam(required = false) @Nullable String checkpoint) {
        var model = learners.find(id).orElseThrow(() -> Problem.notFound("No trainer has the weights of a model " + id + "."));
        var wanted = checkpoint == null && model.head() != null ? model.head().toString() : checkpoint;
        if (wanted == null) {
            return new Weights(id, model.slug(), model.trainer(), model.base(), null, null, model.weights());
        }
        var one = checkpoints.named(model, wanted)
                .orElseThrow(() -> Problem.notFound("Model '" + model.slug() + "' has no checkpoint '" + wanted + "'."));
        return new Weights(id, model.slug(), model.trainer(), model.base(), one.id(), one.checkpointName(model.slug()), one.weights());
    }
}
