// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.lease;

import dev.assay.contracts.RunId;
import dev.assay.contracts.internal.AskWithdrawal;
import dev.assay.contracts.internal.Lease;
import dev.assay.contracts.internal.LeaseRelease;
import dev.assay.contracts.internal.LeaseRenewal;
import dev.assay.contracts.internal.LeaseRenewed;
import dev.assay.contracts.internal.LeaseRequest;
import dev.assay.contracts.internal.Outcome;
import dev.assay.job.run.RunSettings;
import dev.assay.job.run.RunState.Phase;
import dev.assay.job.run.Told;
import dev.assay.job.worker.Workers;
import dev.assay.kit.identity.Admits;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import dev.assay.kit.problem.Problem;
import dev.assay.kit.signal.WorkSignal;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

@RestController
@Admits(Role.WORKER)
@RequestMapping("/internal/leases")
class LeaseController {

    private final Leases leases;
    private final WorkSignal signal;
    private final Workers workers;
    private final RunSettings.Lease settings;

    LeaseController(Leases leases, WorkSignal signal, Workers workers, RunSettings settings) {
        this.leases = leases;
        this.signal = signal;
        this.workers = workers;
        this.settings = settings.lease();
    }

    @PostMapping
    ResponseEntity<Lease> lease(Caller caller, @RequestBody LeaseRequest request) throws InterruptedException {
        var worker = caller.requireWorker();
        workers.asks(worker, Objects.requireNonNullElse(Told.name("isolation", request.isolation()), "unknown"));
        return signal.until(() -> leases.take(worker, request.ask()), Optional::isPresent, settings.waitOf(request.waitMillis()))
                .map(ResponseEntity::ok)
                .orElseGet(() -> ResponseEntity.noContent().build());
    }

    @PostMapping("/withdraw")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void withdraw(@RequestBody AskWithdrawal withdrawal) {
        leases.withdraw(Told.required("ask", withdrawal.ask()));
    }

    @PostMapping("/{run}/renew")
    LeaseRenewed renew(Caller caller, @PathVariable RunId run, @RequestBody LeaseRenewal renewal) {
        workers.works(caller.requireWorker());
        var phase =
                switch (renewal.phase()) {
                    case "initializing" -> Phase.INITIALIZING;
                    case "running" -> Phase.RUNNING;
                    case null -> throw Problem.badRequest("phase", "required");
                    case String other -> throw Problem.badRequest("phase", "'" + other + "' is neither initializing nor running");
                };
        return leases.renew(run, caller.requireWorker(), phase, renewal);
    }

    @PostMapping("/{run}/release")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void release(Caller caller, @PathVariable RunId run, @RequestBody LeaseRelease release) {
        leases.release(run, caller.requireWorker(), release);
    }

    @PostMapping("/{run}/outcome")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void outcome(Caller caller, @PathVariable RunId run, @RequestBody Outcome outcome) {
        var timings = outcome.timings() == null ? Map.<String, Long>of() : outcome.timings();
        leases.report(
                run,
                caller.requireWorker(),
                new Outcome(
                        outcome.attempt(),
                        outcome.status(),
                        outcome.stopReason(),
                        outcome.evaluation(),
                        outcome.failure(),
                        outcome.environmentVersion(),
                        timings,
                        outcome.metadata()));
    }
}
