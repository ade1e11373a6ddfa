// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.lease;

import dev.assay.contracts.RunId;
import dev.assay.contracts.internal.AskWithdrawal;
import dev.assay.contracts.internal.Lease;
import dev.assay.contracts.internal.LeaseRelease;
import dev.assay.contracts.internal.LeaseRenewal;
import dev.assay.contracts.internal.LeaseRequest;
import dev.assay.contracts.internal.Leased;
import dev.assay.contracts.internal.LeasesRenewed;
import dev.assay.contracts.internal.Outcome;
import dev.assay.contracts.internal.OutcomesTaken;
import dev.assay.contracts.internal.OutcomesTold;
import dev.assay.contracts.internal.RuntimeCredential;
import dev.assay.contracts.internal.RuntimeCredentialAsk;
import dev.assay.job.account.RuntimeCredentials;
import dev.assay.job.run.Questions;
import dev.assay.job.run.Renewals;
import dev.assay.job.run.Renewals.Sign;
import dev.assay.job.run.RunSettings;
import dev.assay.job.run.RunState.Phase;
import dev.assay.job.run.Told;
import dev.assay.job.worker.Workers;
import dev.assay.kit.identity.Admits;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import dev.assay.kit.problem.Problem;
import dev.assay.kit.signal.Dispatcher;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
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
    private final Outcomes outcomes;
    private final Renewals renewals;
    private final Dispatcher<Leases.Taken> dispatcher;
    private final Workers workers;
    private final RuntimeCredentials credentials;
    private final RunSettings.Lease settings;

    LeaseController(
            Leases leases, Outcomes outcomes, Renewals renewals, Dispatcher<Leases.Taken> dispatcher, Workers workers, RuntimeCredentials credentials,
            RunSettings settings) {
        this.leases = leases;
        this.outcomes = outcomes;
        this.renewals = renewals;
        this.dispatcher = dispatcher;
        this.workers = workers;
        this.credentials = credentials;
        this.settings = settings.lease();
    }

    @PostMapping
    Leased<Lease> lease(Caller caller, @RequestBody LeaseRequest request) throws InterruptedException {
        var worker = caller.requireWorker();
        workers.asks(worker, Objects.requireNonNullElse(Told.name("isolation", request.isolation()), "unknown"));
        var taken = dispatcher.ask(Questions.of(worker, request), settings.waitOf(request.waitMillis()));
        // a run's key is made here: whoever waits for the next round need not wait for that
        return new Leased<>(taken.stream().map(leases::lease).toList());
    }

    @PostMapping("/withdraw")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void withdraw(Caller caller, @RequestBody AskWithdrawal withdrawal) {
        leases.withdraw(caller.requireWorker(), Told.required("ask", withdrawal.ask()));
    }

    @PostMapping("/renew")
    LeasesRenewed renew(Caller caller, @RequestBody LeaseRenewal renewal) {
        var worker = caller.requireWorker();
        workers.works(worker);
        var told = Told.required("leases", renewal.leases());
        var renewed = renewals.renew(worker, IntStream.range(0, told.size()).mapToObj(number -> sign(number, told.get(number))).toList());
        return new LeasesRenewed(settings.ttl().toMillis(), renewed.lost(), renewed.cancelling());
    }

    private static Sign sign(int number, LeaseRenewal.@Nullable OfRun lease) {
        var field = "leases[" + number + "]";
        var of = Told.required(field, lease);
        var phase =
                switch (of.phase()) {
                    case "initializing" -> Phase.INITIALIZING;
                    case "running" -> Phase.RUNNING;
                    case null -> throw Problem.badRequest(field + ".phase", "required");
                    case String other -> throw Problem.badRequest(field + ".phase", "'" + other + "' is neither initializing nor running");
                };
        return new Sign(Told.required(field + ".run", of.run()), of.attempt(), phase, of.version(), of.verifierVersion());
    }

    @PostMapping("/{run}/credential")
    RuntimeCredential credential(Caller caller, @PathVariable RunId run, @RequestBody RuntimeCredentialAsk ask) {
        return credentials.open(run, caller.requireWorker(), ask.attempt(), Told.required("runtime", ask.runtime()))
                .orElseThrow(() -> Outcomes.fenced(run, ask.attempt()));
    }

    @PostMapping("/{run}/release")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void release(Caller caller, @PathVariable RunId run, @RequestBody LeaseRelease release) {
        leases.release(run, caller.requireWorker(), release);
    }

    @PostMapping("/{run}/outcome")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void outcome(Caller caller, @PathVariable RunId run, @RequestBody Outcome outcome) {
        outcomes.report(run, caller.requireWorker(), withTimings(outcome));
    }

    @PostMapping("/outcomes")
    OutcomesTaken outcomes(Caller caller, @RequestBody OutcomesTold told) {
        var worker = caller.requireWorker();
        var all = Told.required("outcomes", told.outcomes());
        if (all.size() > OutcomesTold.MOST) {
            throw Problem.badRequest("outcomes", "at most " + OutcomesTold.MOST + ", these are " + all.size());
        }
        var each = new LinkedHashMap<RunId, Outcome>();
        for (var number = 0; number < all.size(); number++) {
            var field = "outcomes[" + number + "]";
            var of = Told.required(field, all.get(number));
            var run = Told.required(field + ".run", of.run());
            if (each.put(run, withTimings(Told.required(field + ".outcome", of.outcome()))) != null) {
                throw Problem.badRequest(field + ".run", "run " + run + " is named twice");
            }
        }
        return new OutcomesTaken(List.copyOf(outcomes.report(worker, each)));
    }

    private static Outcome withTimings(Outcome outcome) {
        return outcome.timings() != null
                ? outcome
                : new Outcome(
                        outcome.attempt(), outcome.status(), outcome.stopReason(), outcome.evaluation(), outcome.failure(),
                        outcome.environmentVersion(), Map.of(), outcome.metadata());
    }
}
