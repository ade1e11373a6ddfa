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
import dev.assay.training.batch.Batches;
import dev.assay.training.tree.CheckpointRows;
import dev.assay.training.tree.Learners;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.io.Resource;
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
import tools.jackson.databind.json.JsonMapper;

/** What trainers ask and say. */
@RestController
@Admits(Role.TRAINER)
@RequestMapping("/internal/training")
class WorkController {

    private static final Logger log = LoggerFactory.getLogger(WorkController.class);
    private static final Duration LONGEST = Duration.ofSeconds(20);

    private final Leases leases;
    private final Trainers trainers;
    private final Learners learners;
    private final CheckpointRows checkpoints;
    private final Blobs blobs;
    private final TrainingSettings settings;
    private final WorkSignal work;
    private final JsonMapper json;

    WorkController(
            Leases leases, Trainers trainers, Learners learners, CheckpointRows checkpoints, Blobs blobs, TrainingSettings settings,
            WorkSignal trainingWork, JsonMapper json) {
        this.json = json;
        this.leases = leases;
        this.trainers = trainers;
        this.learners = learners;
        this.checkpoints = checkpoints;
        this.blobs = blobs;
        this.settings = settings;
        this.work = trainingWork;
    }

    /**
     * Whoever waits is sent white space before each look but the first: of a connection that was closed this fails, or else the lease that is
     * written behind it does.
     */
    @PostMapping("/leases")
    void lease(Caller caller, @RequestBody CallAsk ask, HttpServletResponse response) throws InterruptedException {
        var trainer = caller.requireTrainer();
        if (ask.kinds() == null || ask.kinds().isEmpty()) {
            throw Problem.badRequest("kinds", "required");
        }
        trainers.asks(trainer, ask.kinds());
        var wait = Duration.ofMillis(Math.clamp(ask.waitMillis(), 0, LONGEST.toMillis()));
        var looked = new AtomicBoolean();
        var lease = Optional.<CallLease>empty();
        try {
            lease = work.until(() -> {
                if (looked.getAndSet(true)) {
                    write(response, (byte) ' ');
                }
                return leases.take(trainer, ask.kinds());
            }, Optional::isPresent, wait);
            write(response, json.writeValueAsBytes(lease.orElse(null)));
        } catch (UncheckedIOException gone) {
            log.debug("'{}' waits for a call no more", trainer, gone);
            if (lease.isPresent()) {
                leases.giveBack(lease.get().call().id(), trainer, lease.get().attempt());
            }
        }
    }

    private static void write(HttpServletResponse response, byte... json) {
        try {
            response.setContentType(MediaType.APPLICATION_JSON_VALUE);
            response.getOutputStream().write(json);
            response.flushBuffer();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @PostMapping("/calls/{id}/renew")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void renew(Caller caller, @PathVariable UUID id, @RequestParam int attempt) {
        trainers.works(caller.requireTrainer());
        leases.renew(id, caller.requireTrainer(), attempt);
    }

    @PostMapping("/calls/{id}/give-back")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void giveBack(Caller caller, @PathVariable UUID id, @RequestParam int attempt) {
        leases.giveBack(id, caller.requireTrainer(), attempt);
    }

    @PostMapping("/calls/{id}/outcome")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void outcome(Caller caller, @PathVariable UUID id, @RequestBody CallOutcome outcome) {
        leases.told(id, caller.requireTrainer(), outcome);
    }

    record Put(String sha256) {}

    /** To a trainer a full disk is no fault that passes soon: it says so to whoever waits. */
    @PutMapping("/blobs")
    Put put(HttpServletRequest request) {
        try {
            return new Put(blobs.put(request.getInputStream(), Long.MAX_VALUE).sha256());
        } catch (IOException e) {
            log.error("a trainer's file cannot be kept", e);
            throw Problem.failed(HttpStatus.INSUFFICIENT_STORAGE.value(), Batches.reason(e));
        }
    }

    @GetMapping("/blobs/{sha256}")
    ResponseEntity<Resource> blob(@PathVariable String sha256) {
        return find(sha256)
                .map(file -> ResponseEntity.ok().contentType(MediaType.APPLICATION_OCTET_STREAM).body(file))
                .orElseThrow(() -> Problem.notFound("There is no blob " + sha256 + "."));
    }

    private Optional<Resource> find(String sha256) {
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
